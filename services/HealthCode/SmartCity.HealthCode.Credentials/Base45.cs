using System.Buffers;

namespace SmartCity.HealthCode.Credentials;

/// <summary>Base45 (RFC 9285): bytes as characters of QR's alphanumeric mode, three for two bytes.</summary>
public static class Base45
{
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

    /// <summary>Stands for a foreign character: large enough that no group with one fits its bytes.</summary>
    private const int None = 1 << 16;

    private static readonly int[] Values = ReverseAlphabet();

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
        var written = 0;
        var read = 0;
        for (; read + 2 < text.Length; read += 3)
        {
            var triple = text.Slice(read, 3);
            var number = Value(triple[0]) + 45 * Value(triple[1]) + 45 * 45 * Value(triple[2]);
            if (number > ushort.MaxValue)
                return false;
            decoded[written++] = (byte)(number >> 8);
            decoded[written++] = (byte)number;
        }
        if (read < text.Length)
        {
            var number = Value(text[read]) + 45 * Value(text[read + 1]);
            if (number > byte.MaxValue)
                return false;
            decoded[written] = (byte)number;
        }
        data = decoded;
        return true;
    }

    private static int Value(char character) => character < Values.Length ? Values[character] : None;

    private static int[] ReverseAlphabet()
    {
        var values = new int[128];
        values.AsSpan().Fill(None);
        for (var i = 0; i < Alphabet.Length; i++)
            values[Alphabet[i]] = i;
        return values;
    }
}
