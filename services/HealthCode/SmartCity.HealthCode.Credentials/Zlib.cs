using System.IO.Compression;

namespace SmartCity.HealthCode.Credentials;

/// <summary>zlib streams (RFC 1950) with a bound on what they may unpack to.</summary>
internal static class Zlib
{
    public static byte[] Compress(ReadOnlySpan<byte> data)
    {
        using var target = new MemoryStream();
        using (var zlib = new ZLibStream(target, CompressionLevel.SmallestSize, leaveOpen: true))
            zlib.Write(data);
        return target.ToArray();
    }

    /// <summary>A small code can unpack to a thousand times its size: <paramref name="limit"/> ends that before it costs memory.</summary>
    public static bool TryDecompress(byte[] compressed, int limit, out ReadOnlyMemory<byte> data)
    {
        data = default;
        try
        {
            using var zlib = new ZLibStream(new MemoryStream(compressed, writable: false), CompressionMode.Decompress);
            var buffer = new byte[Math.Min(limit, 1024)];
            var length = 0;
            while (zlib.Read(buffer.AsSpan(length)) is > 0 and var read)
            {
                length += read;
                if (length < buffer.Length)
                    continue;
                if (length == limit)
                    return zlib.ReadByte() < 0 && Accept(buffer, length, out data);
                Array.Resize(ref buffer, Math.Min(limit, buffer.Length * 2));
            }
            return length > 0 && Accept(buffer, length, out data);
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private static bool Accept(byte[] buffer, int length, out ReadOnlyMemory<byte> data)
    {
        data = buffer.AsMemory(0, length);
        return true;
    }
}
