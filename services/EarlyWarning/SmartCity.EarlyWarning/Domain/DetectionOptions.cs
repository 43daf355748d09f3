using System.ComponentModel.DataAnnotations;

namespace SmartCity.EarlyWarning.Domain;

/// <summary>How alarms become what people are told of, and what a rule must show before it goes live; the configuration's section <c>Detection</c>.</summary>
internal sealed class DetectionOptions
{
    /// <summary>Late news changes alarms of at most so many days ago; older days are history.</summary>
    [Range(1, 366)]
    public int DaysJudgedAgain { get; init; } = 28;

    /// <summary>An alarm joins an open event of the department in the same area, or in one that lies in it or around it, whose last alarm is at most so many days ago.</summary>
    [Range(1, 60)]
    public int EventGapDays { get; init; } = 14;

    /// <summary>After an alarm of a rule in an area, further ones within so many days belong to the same event and call nobody again.</summary>
    [Range(0, 60)]
    public int CoolDownDays { get; init; } = 7;

    /// <summary>A rule that has begun to alarm in an area so often within <see cref="FlapDays"/> days is flapping.</summary>
    [Range(2, 100)]
    public int FlapLimit { get; init; } = 4;

    [Range(2, 366)]
    public int FlapDays { get; init; } = 28;

    /// <summary>New alarms a department is called for within seven days, by department.</summary>
    public IReadOnlyDictionary<string, int> Budgets { get; init; } = new Dictionary<string, int>();

    [Range(1, 100_000)]
    public int DefaultBudget { get; init; } = 50;

    /// <summary>A backtest with more false alarms per value judged than this does not pass.</summary>
    [Range(0, 1)]
    public double LargestFalseAlarmRate { get; init; } = 0.05;

    /// <summary>A backtest that finds a smaller share of the made-up outbreaks than this does not pass.</summary>
    [Range(0, 1)]
    public double SmallestSensitivity { get; init; } = 0.4;

    /// <summary>A backtest that judged fewer values than this says nothing.</summary>
    [Range(1, 1_000_000)]
    public int FewestJudged { get; init; } = 50;

    /// <summary>How long after a rule's last look it looks again where nothing came in: weeks end, and feeds fall silent, without news.</summary>
    public TimeSpan LookAgain { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Who is called when a feed falls silent.</summary>
    [Required]
    public string FeedDepartment { get; init; } = "health-commission";

    public int BudgetOf(string department) => Budgets.GetValueOrDefault(department, DefaultBudget);
}
