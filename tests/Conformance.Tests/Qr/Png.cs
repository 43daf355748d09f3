using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Conformance.Tests.Qr;

/// <summary>Just enough of PNG (RFC 2083) for rendered QR codes: not interlaced, 1 or 8 bits, no palette. No image library restores.</summary>
internal sealed class Png
{
    private static readonly byte[] Signature = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    private readonly byte[] _rows;
    private readonly int _stride;
    private readonly int _bits;
    private readonly int _channels;

    public Png(ReadOnlySpan<byte> file)
    {
        if (!file.StartsWith(Signature))
            throw new FormatException("not a PNG");
        var data = new MemoryStream();
        ReadOnlySpan<byte> header = default;
        for (var rest = file[Signature.Length..]; rest.Length >= 12;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(rest);
            var content = rest.Slice(8, length);
            if (Encoding.ASCII.GetString(rest.Slice(4, 4)) is var type && type == "IHDR")
                header = content;
            else if (type == "IDAT")
                data.Write(content);
            rest = rest[(12 + length)..];
        }
        (Width, Height, _bits) = (BinaryPrimitives.ReadInt32BigEndian(header), BinaryPrimitives.ReadInt32BigEndian(header[4..]), header[8]);
        _channels = header[9] switch { 0 => 1, 2 => 3, 4 => 2, 6 => 4, _ => throw new FormatException("a palette") };
        if (_bits is not (1 or 8) || header[12] != 0)
            throw new FormatException("a depth or interlacing that is not read here");
        _stride = (Width * _bits * _channels + 7) / 8;
        _rows = Unfilter(data);
    }

    public int Width { get; }

    public int Height { get; }

    public bool IsDark(int x, int y)
    {
        var row = _rows.AsSpan(y * _stride, _stride);
        if (_bits == 1)
            return (row[x / 8] >> 7 - x % 8 & 1) == 0;
        var pixel = row.Slice(x * _channels, _channels);
        var transparent = _channels is 2 or 4 && pixel[^1] < 128;
        return !transparent && pixel[0] < 128;
    }

    private byte[] Unfilter(MemoryStream data)
    {
        data.Position = 0;
        using var zlib = new ZLibStream(data, CompressionMode.Decompress);
        var rows = new byte[Height * _stride];
        var distance = Math.Max(1, _bits * _channels / 8);
        for (var y = 0; y < Height; y++)
        {
            var filter = zlib.ReadByte();
            var row = rows.AsSpan(y * _stride, _stride);
            zlib.ReadExactly(row);
            ReadOnlySpan<byte> above = y == 0 ? new byte[_stride] : rows.AsSpan((y - 1) * _stride, _stride);
            for (var i = 0; i < _stride; i++)
            {
                int left = i < distance ? 0 : row[i - distance], corner = i < distance ? 0 : above[i - distance];
                row[i] += (byte)(filter switch
                {
                    0 => 0,
                    1 => left,
                    2 => above[i],
                    3 => (left + above[i]) / 2,
                    _ => Paeth(left, above[i], corner),
                });
            }
        }
        return rows;
    }

    private static int Paeth(int left, int above, int corner)
    {
        var estimate = left + above - corner;
        var (toLeft, toAbove, toCorner) = (Math.Abs(estimate - left), Math.Abs(estimate - above), Math.Abs(estimate - corner));
        return toLeft <= toAbove && toLeft <= toCorner ? left : toAbove <= toCorner ? above : corner;
    }
}
