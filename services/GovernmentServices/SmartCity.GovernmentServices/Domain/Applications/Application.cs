namespace SmartCity.GovernmentServices.Domain.Applications;

/// <summary>A person's application on its way through the departments.</summary>
internal sealed class Application
{
    /// <summary>Version 7 on the city's clock: the order of ids is the order of submission.</summary>
    public required Guid Id { get; init; }

    public required Guid AccountId { get; init; }

    /// <summary>Who submitted: the person, or who acts for them.</summary>
    public required Guid ActorId { get; init; }

    public required Guid SubmissionKey { get; init; }
    public required byte[] SubmissionHash { get; init; }
    /// <summary>Of the last correction.</summary>
    public Guid? CorrectionKey { get; set; }

    public byte[]? CorrectionHash { get; set; }

    public required string Service { get; init; }

    /// <summary>Of the service's definition.</summary>
    public required int Version { get; init; }

    public required byte[] SealedForm { get; set; }

    /// <summary>Fields that the city filled in: officers need not check them.</summary>
    public required string[] FieldsFromCity { get; init; }

    /// <summary>How many papers the rules ask for.</summary>
    public required int MaterialsNominal { get; init; }

    /// <summary>How many the applicant had to bring.</summary>
    public required int MaterialsAsked { get; set; }

    public required DateTimeOffset SubmittedAt { get; init; }

    /// <summary>Until when it is to be decided; moved on by the time that the applicant had it.</summary>
    public required DateTimeOffset DueAt { get; set; }

    public ApplicationState State { get; private set; }
    public string Stage { get; private set; } = "";
    public DateTimeOffset? PausedAt { get; private set; }
    public DateTimeOffset? OverdueAt { get; private set; }
    public DateTimeOffset? DecidedAt { get; private set; }
    public Guid? BookingId { get; set; }

    /// <summary>How many entries it has; every change adds one, so of two changes at the same time the database lets one through.</summary>
    public int EntryCount { get; private set; }

    public List<ApplicationStep> Steps { get; } = [];
    public List<ApplicationEntry> Entries { get; } = [];

    public bool IsOpen => State is ApplicationState.InProgress or ApplicationState.WithApplicant;

    public IEnumerable<ApplicationStep> Current => Steps.Where(step => step.Stage == Stage && step.Outcome != StepOutcome.Dropped);

    public ApplicationEntry Note(EntryKind kind, DateTimeOffset now, ApplicationStep? step = null, string? department = null, Guid? officer = null, byte[]? sealedText = null)
    {
        var entry = new ApplicationEntry
        {
            ApplicationId = Id, Number = ++EntryCount, At = now, Kind = kind, Stage = step?.Stage ?? Stage, Step = step?.Key,
            Department = department ?? step?.Department, OfficerId = officer, SealedText = sealedText,
        };
        Entries.Add(entry);
        return entry;
    }

    public void Submit(ServiceDefinition service, Inputs form, DateTimeOffset now)
    {
        Stage = service.Start;
        Note(EntryKind.Submitted, now, officer: ActorId);
        Enter(service, service.Start, form, now);
    }

    /// <summary>Goes to a state, and on from there as long as nobody has anything to do.</summary>
    private void Enter(ServiceDefinition service, string stage, Inputs form, DateTimeOffset now)
    {
        var passed = 0;
        for (var next = stage; next is not null;)
        {
            if (passed++ > service.Stages.Count) throw new InvalidOperationException($"The states of {service.Key} {service.Version} lead in a circle in which nobody has anything to do.");
            Stage = next;
            var definition = service.Stages[next];
            if (definition.Outcome is { } outcome)
            {
                End(outcome == Outcome.Approved ? ApplicationState.Approved : ApplicationState.Refused, now);
                return;
            }

            Note(EntryKind.StageEntered, now);
            foreach (var key in definition.StepsFor(form)) Steps.Add(ApplicationStep.Open(this, next, key, definition.Steps[key].Department, now, definition.Within));
            next = Current.Any() ? null : definition.After([], form);
        }
    }

    /// <summary>A department has done its step.</summary>
    public void Finish(ServiceDefinition service, ApplicationStep step, StepOutcome outcome, Guid officer, string department, byte[]? sealedText, Inputs form, DateTimeOffset now)
    {
        step.Finish(outcome, officer, sealedText, now);
        Note(
            outcome switch { StepOutcome.Approved => EntryKind.StepApproved, StepOutcome.Refused => EntryKind.StepRefused, _ => EntryKind.Returned },
            now, step, department, officer, sealedText);
        if (outcome == StepOutcome.Returned)
        {
            // The other departments would look at what is about to change.
            foreach (var open in Current.Where(other => other.IsOpen)) open.Drop(now);
            (State, PausedAt) = (ApplicationState.WithApplicant, now);
        }
        else if (Current.All(other => !other.IsOpen))
        {
            Enter(service, service.Stages[Stage].After([.. Current], form), form, now);
        }
    }

    /// <summary>The applicant gives it back corrected: whoever approved the stage did not see this, so all its steps begin again; the clock goes on.</summary>
    public void Resume(ServiceDefinition service, Inputs form, Guid actor, DateTimeOffset now)
    {
        DueAt += now - PausedAt!.Value;
        (State, PausedAt) = (ApplicationState.InProgress, null);
        Note(EntryKind.Corrected, now, officer: actor);
        foreach (var earlier in Current.ToArray()) earlier.Drop(now);
        Enter(service, Stage, form, now);
    }

    public void Withdraw(Guid actor, DateTimeOffset now)
    {
        foreach (var open in Current.Where(step => step.IsOpen)) open.Drop(now);
        (State, DecidedAt, PausedAt) = (ApplicationState.Withdrawn, now, null);
        Note(EntryKind.Withdrawn, now, officer: actor);
    }

    public void Overrun(DateTimeOffset now)
    {
        OverdueAt = now;
        Note(EntryKind.Overdue, now);
    }

    private void End(ApplicationState state, DateTimeOffset now)
    {
        (State, DecidedAt) = (state, now);
        Note(state == ApplicationState.Approved ? EntryKind.Approved : EntryKind.Refused, now);
    }
}

/// <summary>How far an application has come.</summary>
public enum ApplicationState
{
    /// <summary>The departments have it.</summary>
    InProgress,

    /// <summary>It was returned to the applicant for correction.</summary>
    WithApplicant,

    /// <summary>Granted.</summary>
    Approved,

    /// <summary>Refused.</summary>
    Refused,

    /// <summary>The applicant took it back.</summary>
    Withdrawn,
}

/// <summary>What one department has to do about an application.</summary>
internal sealed class ApplicationStep
{
    /// <summary>Version 7 on the city's clock: the order of ids is the order in which steps began.</summary>
    public required Guid Id { get; init; }

    public required Guid ApplicationId { get; init; }
    public required string Service { get; init; }
    public required string Stage { get; init; }
    public required string Key { get; init; }
    public required string Department { get; init; }
    public required DateTimeOffset OpenedAt { get; init; }
    public required DateTimeOffset? DueAt { get; init; }
    public DateTimeOffset? EscalatedAt { get; private set; }

    /// <summary>The department that may act too since the time was over.</summary>
    public string? EscalatedTo { get; private set; }

    public Guid? ClaimedBy { get; private set; }
    public StepOutcome? Outcome { get; private set; }
    public Guid? FinishedBy { get; private set; }
    public DateTimeOffset? FinishedAt { get; private set; }
    public byte[]? SealedText { get; private set; }

    public bool IsOpen => Outcome is null;

    public bool IsFor(string department) => Department == department || EscalatedTo == department;

    public static ApplicationStep Open(Application application, string stage, string key, string department, DateTimeOffset now, TimeSpan? within) => new()
    {
        Id = Guid.CreateVersion7(now), ApplicationId = application.Id, Service = application.Service, Stage = stage, Key = key, Department = department,
        OpenedAt = now, DueAt = now + within,
    };

    public void Claim(Guid? officer) => ClaimedBy = officer;

    /// <summary>Whoever had it did not do it in time: it is free again, for another department too.</summary>
    public void Escalate(string? to, DateTimeOffset now) => (EscalatedAt, EscalatedTo, ClaimedBy) = (now, to, null);

    public void Finish(StepOutcome outcome, Guid officer, byte[]? sealedText, DateTimeOffset now) =>
        (Outcome, FinishedBy, SealedText, FinishedAt) = (outcome, officer, sealedText, now);

    public void Drop(DateTimeOffset now) => (Outcome, FinishedAt) = (StepOutcome.Dropped, FinishedAt ?? now);
}

/// <summary>How a step ended.</summary>
public enum StepOutcome
{
    /// <summary>The department agrees.</summary>
    Approved,

    /// <summary>The department refuses, with the reason.</summary>
    Refused,

    /// <summary>The applicant has to correct something first.</summary>
    Returned,

    /// <summary>No longer needed, or to be done again after a correction.</summary>
    Dropped,
}

/// <summary>Something that happened to an application, for its applicant to read.</summary>
internal sealed class ApplicationEntry
{
    public required Guid ApplicationId { get; init; }
    public required int Number { get; init; }
    public required DateTimeOffset At { get; init; }
    public required EntryKind Kind { get; init; }
    public required string Stage { get; init; }
    public string? Step { get; init; }
    public string? Department { get; init; }

    /// <summary>Who did it, for the record; never shown.</summary>
    public Guid? OfficerId { get; init; }

    public byte[]? SealedText { get; init; }
}

/// <summary>What happened to an application.</summary>
public enum EntryKind
{
    /// <summary>The applicant sent it in.</summary>
    Submitted,

    /// <summary>It came to its next state.</summary>
    StageEntered,

    /// <summary>An officer opened it and saw what it says.</summary>
    Opened,

    /// <summary>An officer took a step on.</summary>
    Claimed,

    /// <summary>An officer gave a step back to the department.</summary>
    Released,

    /// <summary>An officer handed a step to a colleague.</summary>
    Delegated,

    /// <summary>A department agreed.</summary>
    StepApproved,

    /// <summary>A department refused.</summary>
    StepRefused,

    /// <summary>A department asks for a correction.</summary>
    Returned,

    /// <summary>The applicant corrected it.</summary>
    Corrected,

    /// <summary>A step took too long and went to a higher department too.</summary>
    Escalated,

    /// <summary>The time promised for the whole is over.</summary>
    Overdue,

    /// <summary>Granted.</summary>
    Approved,

    /// <summary>Refused.</summary>
    Refused,

    /// <summary>The applicant took it back.</summary>
    Withdrawn,

    /// <summary>A certificate was issued.</summary>
    CertificateIssued,
}
