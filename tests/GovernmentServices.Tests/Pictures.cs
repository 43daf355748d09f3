using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace SmartCity.GovernmentServices.Tests;

/// <summary>Pictures as phones make them: small, whole, and with what they tell beside.</summary>
internal static class Pictures
{
    /// <summary>16 by 16 points, baseline and progressive, made by ImageMagick.</summary>
    public static readonly byte[] Jpeg = Convert.FromBase64String("/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABQODxIPDRQSEBIXFRQYHjIhHhwcHj0sLiQySUBMS0dARkVQWnNiUFVtVkVGZIhlbXd7gYKBTmCNl4x9lnN+gXz/2wBDARUXFx4aHjshITt8U0ZTfHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHz/wAARCAAQABADASIAAhEBAxEB/8QAFgABAQEAAAAAAAAAAAAAAAAAAAQF/8QAFRABAQAAAAAAAAAAAAAAAAAAABP/xAAUAQEAAAAAAAAAAAAAAAAAAAAF/8QAFhEAAwAAAAAAAAAAAAAAAAAAABVh/9oADAMBAAIRAxEAPwDGoUS0KEFsFGFP/9k=");
    public static readonly byte[] Progressive = Convert.FromBase64String("/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABQODxIPDRQSEBIXFRQYHjIhHhwcHj0sLiQySUBMS0dARkVQWnNiUFVtVkVGZIhlbXd7gYKBTmCNl4x9lnN+gXz/2wBDARUXFx4aHjshITt8U0ZTfHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHz/wgARCAAQABADASIAAhEBAxEB/8QAFgABAQEAAAAAAAAAAAAAAAAAAAME/8QAFAEBAAAAAAAAAAAAAAAAAAAABP/aAAwDAQACEAMQAAABxJEK/8QAFRABAQAAAAAAAAAAAAAAAAAAABH/2gAIAQEAAQUCqqr/xAAVEQEBAAAAAAAAAAAAAAAAAAAAFP/aAAgBAwEBPwGh/8QAFREBAQAAAAAAAAAAAAAAAAAAABT/2gAIAQIBAT8Bmf/EABQQAQAAAAAAAAAAAAAAAAAAACD/2gAIAQEABj8CH//EABQQAQAAAAAAAAAAAAAAAAAAACD/2gAIAQEAAT8hAf/aAAwDAQACAAMAAAAQ8//EABURAQEAAAAAAAAAAAAAAAAAAABx/9oACAEDAQE/EKf/xAAVEQEBAAAAAAAAAAAAAAAAAAAAcf/aAAgBAgEBPxCH/8QAFBABAAAAAAAAAAAAAAAAAAAAIP/aAAgBAQABPxAB/9k=");

    public const string Place = "31.2304N 121.4737E of Li Lei's phone";

    /// <summary>With EXIF (turned to the side <paramref name="orientation"/>, and a place), XMP, a comment, and more after its end.</summary>
    public static byte[] WithMetadata(byte[] jpeg, byte orientation = 6)
    {
        byte[] place = Encoding.ASCII.GetBytes(Place);
        byte[] tiff =
        [
            .. "II*\0"u8, 8, 0, 0, 0, 2, 0,
            0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0,
            0x31, 0x01, 2, 0, (byte)place.Length, 0, 0, 0, 38, 0, 0, 0,
            0, 0, 0, 0, .. place,
        ];
        return
        [
            .. jpeg[..2], .. Segment(0xE1, [.. "Exif\0\0"u8, .. tiff]), .. Segment(0xE1, [.. "http://ns.adobe.com/xap/1.0/\0"u8, .. place]),
            .. Segment(0xED, place), .. Segment(0xFE, place), .. jpeg[2..], .. place,
        ];
    }

    public static byte[] Png(bool withMetadata)
    {
        using var pixels = new MemoryStream();
        using (var zlib = new ZLibStream(pixels, CompressionLevel.Optimal, leaveOpen: true)) zlib.Write([0, 0x11, 0x22, 0x33]);
        byte[] text = [.. "Location\0"u8, .. Encoding.ASCII.GetBytes(Place)];
        byte[] told = withMetadata ? [.. Chunk("tEXt", text), .. Chunk("eXIf", text), .. Chunk("tIME", [7, 230, 3, 1, 8, 0, 0])] : [];
        return
        [
            0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, .. Chunk("IHDR", [0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0]), .. told, .. Chunk("IDAT", pixels.ToArray()),
            .. Chunk("IEND", []), .. withMetadata ? text : [],
        ];
    }

    private static byte[] Segment(byte marker, byte[] content) => [0xFF, marker, (byte)((content.Length + 2) >> 8), (byte)(content.Length + 2), .. content];

    private static byte[] Chunk(string type, byte[] content)
    {
        byte[] named = [.. Encoding.ASCII.GetBytes(type), .. content];
        var (length, check) = (new byte[4], new byte[4]);
        BinaryPrimitives.WriteInt32BigEndian(length, content.Length);
        BinaryPrimitives.WriteUInt32BigEndian(check, Crc(named));
        return [.. length, .. named, .. check];
    }

    private static uint Crc(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var one in bytes)
        {
            crc ^= one;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
        }

        return ~crc;
    }
}
