using System.Buffers.Binary;

namespace SmartCity.GovernmentServices.Domain;

/// <summary>
/// A picture as people's phones make them, walked through part by part: what is no picture to its end is not taken, and of a JPEG or PNG (ISO/IEC 10918-1,
/// 15948) only what draws the picture is kept. Where, when and with which device it was taken (EXIF, XMP, IPTC, text) is left out; which side is up stays.
/// </summary>
internal static class Photo
{
    // More would be a file that is small until somebody unpacks it.
    private const long MostPixels = 50_000_000;

    private static readonly HashSet<string> PngChunks = ["IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "sBIT", "bKGD", "pHYS", "cICP"];

    /// <summary>The picture without what it tells beside; null where it is none, is cut off, or is too large to show.</summary>
    public static byte[]? WithoutMetadata(ReadOnlySpan<byte> content, string mediaType) => mediaType switch
    {
        "image/jpeg" => Jpeg(content),
        "image/png" => Png(content),
        _ => null,
    };

    private static byte[]? Jpeg(ReadOnlySpan<byte> content)
    {
        if (!content.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8])) return null;
        using var kept = new MemoryStream(content.Length);
        kept.Write(content[..2]);
        var (at, oriented, framed) = (2, false, false);
        while (at + 2 <= content.Length)
        {
            if (content[at] != 0xFF) return null;
            var marker = content[at + 1];
            // Fill bytes may stand before a marker.
            if (marker == 0xFF)
            {
                at++;
                continue;
            }

            if (marker == 0xD9)
            {
                kept.Write(content.Slice(at, 2));
                return framed ? kept.ToArray() : null;
            }

            if (at + 4 > content.Length) return null;
            var length = 2 + BinaryPrimitives.ReadUInt16BigEndian(content[(at + 2)..]);
            if (length < 4 || at + length > content.Length) return null;
            var segment = content.Slice(at, length);
            at += length;
            switch (marker)
            {
                case 0xE1:
                    if (!oriented && Orientation(segment[4..]) is > 1 and <= 8 and var side)
                    {
                        kept.Write(OrientationOnly((byte)side));
                        oriented = true;
                    }

                    break;
                // JFIF, colour profile, Adobe's colour transform.
                case 0xE0 or 0xE2 or 0xEE or (>= 0xC0 and <= 0xCF) or 0xDB or 0xDD:
                    if (marker == 0xE2 && !segment[4..].StartsWith("ICC_PROFILE\0"u8)) break;
                    if (IsFrame(marker))
                    {
                        if (segment.Length < 9) return null;
                        long pixels = BinaryPrimitives.ReadUInt16BigEndian(segment[5..]) * (long)BinaryPrimitives.ReadUInt16BigEndian(segment[7..]);
                        if (pixels is 0 or > MostPixels) return null;
                        framed = true;
                    }

                    kept.Write(segment);
                    break;
                case 0xDA:
                    kept.Write(segment);
                    var scan = at;
                    // Coded data go on to the next marker that is neither an escaped byte nor a restart.
                    while (at + 1 < content.Length && !(content[at] == 0xFF && content[at + 1] is not (0x00 or (>= 0xD0 and <= 0xD7)))) at++;
                    kept.Write(content[scan..at]);
                    break;
                case (>= 0xE3 and <= 0xEF) or 0xFE:
                    break;
                default:
                    return null;
            }
        }

        return null;
    }

    private static bool IsFrame(byte marker) => marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);

    /// <summary>The tag 0x0112 of the first directory (Exif 2.32 §4.6.4); null where there is none.</summary>
    private static int? Orientation(ReadOnlySpan<byte> exif)
    {
        if (!exif.StartsWith("Exif\0\0"u8) || exif.Length < 16) return null;
        var tiff = exif[6..];
        var little = tiff[0] == (byte)'I';
        var directory = (int)Math.Min(Read32(tiff[4..], little), int.MaxValue);
        if (directory < 8 || directory > tiff.Length - 2) return null;
        var count = Read16(tiff[directory..], little);
        for (var entry = directory + 2; count > 0 && entry <= tiff.Length - 12; entry += 12, count--)
            if (Read16(tiff[entry..], little) == 0x0112) return Read16(tiff[(entry + 8)..], little);
        return null;

        static int Read16(ReadOnlySpan<byte> from, bool little) => little ? BinaryPrimitives.ReadUInt16LittleEndian(from) : BinaryPrimitives.ReadUInt16BigEndian(from);

        static uint Read32(ReadOnlySpan<byte> from, bool little) => little ? BinaryPrimitives.ReadUInt32LittleEndian(from) : BinaryPrimitives.ReadUInt32BigEndian(from);
    }

    private static byte[] OrientationOnly(byte side) =>
    [
        0xFF, 0xE1, 0, 34, .. "Exif\0\0"u8, .. "MM"u8, 0, 42, 0, 0, 0, 8,
        0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, side, 0, 0, 0, 0, 0, 0,
    ];

    private static byte[]? Png(ReadOnlySpan<byte> content)
    {
        ReadOnlySpan<byte> signature = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];
        if (!content.StartsWith(signature)) return null;
        using var kept = new MemoryStream(content.Length);
        kept.Write(signature);
        for (var at = signature.Length; at + 12 <= content.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(content[at..]);
            if (length > content.Length - at - 12) return null;
            var chunk = content.Slice(at, (int)length + 12);
            var type = System.Text.Encoding.ASCII.GetString(chunk.Slice(4, 4));
            if (at == signature.Length)
            {
                if (type != "IHDR" || length != 13) return null;
                var pixels = (ulong)BinaryPrimitives.ReadUInt32BigEndian(chunk[8..]) * BinaryPrimitives.ReadUInt32BigEndian(chunk[12..]);
                if (pixels is 0 or > (ulong)MostPixels) return null;
            }

            if (PngChunks.Contains(type)) kept.Write(chunk);
            if (type == "IEND") return kept.ToArray();
            at += chunk.Length;
        }

        return null;
    }
}
