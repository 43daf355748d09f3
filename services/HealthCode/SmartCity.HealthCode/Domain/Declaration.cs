using System.Text.Json;

namespace SmartCity.HealthCode.Domain;

/// <summary>Symptoms that a person may declare: a closed list, so that rules can name them and pages translate them.</summary>
internal enum Symptom
{
    Fever = 1,
    Cough = 2,
    ShortnessOfBreath = 3,
    SoreThroat = 4,
    RunnyNose = 5,
    LossOfSmell = 6,
    Fatigue = 7,
    MusclePain = 8,
    Diarrhoea = 9,
}

/// <summary>A body temperature as a thermometer shows it.</summary>
/// <param name="Tenths">Tenths of a degree Celsius.</param>
internal readonly record struct BodyTemperature(int Tenths)
{
    /// <summary>37.3 °C, as places in China have taken it.</summary>
    private const int FeverFrom = 373;

    public bool IsFever => Tenths >= FeverFrom;

    public static BodyTemperature OfCelsius(double degrees) => new((int)Math.Round(degrees * 10));

    /// <summary>As rules see it.</summary>
    public string ToDetail() => $$"""{"tenths":{{Tenths}},"fever":{{(IsFever ? "true" : "false")}}}""";
}

/// <summary>What rules see of declared symptoms.</summary>
internal static class DeclaredSymptoms
{
    public static string ToDetail(IEnumerable<Symptom> symptoms) =>
        $$"""{"symptoms":[{{string.Join(',', symptoms.Distinct().Order().Select(symptom => $"\"{JsonNamingPolicy.CamelCase.ConvertName(symptom.ToString())}\""))}}]}""";
}
