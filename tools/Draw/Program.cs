using SmartCity.Draw;

// Repeats a draw from what the city published, and says who got a place: anyone can compare it with what the city says.
if (args is not [var seed, var file, .. var rest] || rest.Length > 2)
{
    Console.Error.WriteLine("""
        draw SEED ENTRIES [PLACES [SEED-HASH]]
          SEED       the seed that was told after the draw, 64 hexadecimal digits
          ENTRIES    a file of all numbers, one a line (GET /government-services/v1/bookables/{id}/draw/entries)
          PLACES     how many are drawn; all if absent
          SEED-HASH  what was published beforehand: refused where the seed does not fit it
        Prints the digest of the entries, then the numbers in the order in which they are drawn. Entries that stand there twice count once.
        """);
    return 2;
}

try
{
    var draw = PublicDraw.Repeat(seed, await File.ReadAllBytesAsync(file), rest is [_, var hash] ? hash : null);
    var places = rest is [var number, ..] ? int.Parse(number, System.Globalization.CultureInfo.InvariantCulture) : draw.Count;
    await using var output = new StreamWriter(Console.OpenStandardOutput(), bufferSize: 1 << 16);
    await output.WriteLineAsync($"digest {draw.Digest}");
    await output.WriteLineAsync($"entries {draw.Count}");
    foreach (var winner in draw.First(places)) await output.WriteLineAsync(winner.ToString());
    return 0;
}
catch (Exception fault) when (fault is FormatException or IOException or OverflowException)
{
    Console.Error.WriteLine(fault.Message);
    return 1;
}
