using System.Buffers;

namespace SmartCity.HealthCode.Credentials;

/// <summary>Base45 (RFC 9285): bytes as characters of QR's alphanumeric mode, three for two bytes.</summary>
public static class Base45
{
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
    private const byte None = 255;
    private static readonly byte[] Values = ReverseAlphabet();

    /// <summary>Encodes as RFC 9285 §3.</summary>
    /// <param name="data">Any bytes, also none.</param>
    public static string Encode(ReadOnlySpan<byte> data)
    {
        var length = data.Length / 2 * 3 + data.Length % 2 * 2;
        var rented = ArrayPool<char>.Shared.Rent(length);
        var position = 0;
        for (var i = 0; i < data.Length; i += 2)
        {
            var pair = i + 1 < data.Length;
            var number = pair ? data[i] << 8 | data[i + 1] : data[i];
            rented[position++] = Alphabet[number % 45];
            rented[position++] = Alphabet[number / 45 % 45];
            if (pair)
                rented[position++] = Alphabet[number / (45 * 45)];
        }
        var text = new string(rented, 0, length);
        ArrayPool<char>.Shared.Return(rented);
        return text;
    }

    /// <summary>
    /// Decodes as RFC 9285 §4 and refuses what §6 asks to refuse: foreign characters, a lone last character, and groups above 65535 or 255.
    /// </summary>
    /// <param name="text">The characters, without any prefix.</param>
    /// <param name="data">The bytes; empty when refused.</param>
    /// <returns>Whether the text is valid Base45.</returns>
    public static bool TryDecode(ReadOnlySpan<char> text, out byte[] data)
    {
        data = [];
        if (text.Length % 3 == 1)
            return false;
        var decoded = new byte[text.Length / 3 * 2 + text.Length % 3 / 2];
        var position = 0;
        for (var i = 0; i < text.Length; i += 3)
        {
            var triple = i + 2 < text.Length;
            int c = Value(text[i]), d = Value(text[i + 1]), e = triple ? Value(text[i + 2]) : 0;
            var number = c + 45 * d + 45 * 45 * e;
            if (c == None || d == None || e == None || number > (triple ? ushort.MaxValue : byte.MaxValue))
                return false;
            if (triple)
                decoded[position++] = (byte)(number >> 8);
            decoded[position++] = (byte)number;
        }
        data = decoded;
        return true;
    }

    private static byte Value(char character) => character < Values.Length ? Values[character] : None;

    private static byte[] ReverseAlphabet()
    {
        var values = new byte[128];
        values.AsSpan().Fill(None);
        for (byte i = 0; i < Alphabet.Length; i++)
            values[Alphabet[i]] = i;
        return values;
    }
}
