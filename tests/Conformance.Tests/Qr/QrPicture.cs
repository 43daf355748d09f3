using System.Text;

namespace Conformance.Tests.Qr;

/// <summary>Reads rendered QR codes (ISO/IEC 18004). They are undamaged, so error correction is passed over, not applied.</summary>
internal static class QrPicture
{
    private const string Alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

    public static string Read(byte[] png)
    {
        var grid = new QrGrid(new Png(png));
        var (level, mask) = Format(grid);
        return Text(new BitReader(Data(Codewords(grid, mask), grid.Version, level)), grid.Version);
    }

    // §7.9: five bits, protected by ten, of which the nearest valid word is taken.
    private static (int Level, int Mask) Format(QrGrid grid)
    {
        var word = 0;
        foreach (var (x, y) in Enumerable.Range(0, 15).Select(i =>
            i < 6 ? (i, 8) : i == 6 ? (7, 8) : i == 7 ? (8, 8) : i == 8 ? (8, 7) : (8, 14 - i)))
            word = word << 1 | (grid.IsDark(x, y) ? 1 : 0);
        var format = Enumerable.Range(0, 32).MinBy(value => int.PopCount(Protect(value) ^ word));
        // The levels M, L, H, Q are numbered 0 to 3.
        return (format >> 3, format & 7);

        static int Protect(int value)
        {
            var remainder = value << 10;
            for (var i = 4; i >= 0; i--)
            {
                if ((remainder >> i + 10 & 1) != 0)
                    remainder ^= 0x537 << i;
            }
            return (value << 10 | remainder) ^ 0x5412;
        }
    }

    // §7.7.3: columns of two from the right, up and down in turns, around the vertical timing pattern.
    private static byte[] Codewords(QrGrid grid, int mask)
    {
        var bits = new List<bool>();
        var up = true;
        for (var right = grid.Size - 1; right > 0; right -= 2, up = !up)
        {
            if (right == 6)
                right--;
            for (var i = 0; i < grid.Size; i++)
            {
                var y = up ? grid.Size - 1 - i : i;
                for (var x = right; x > right - 2; x--)
                {
                    if (grid.CarriesData(x, y))
                        bits.Add(grid.IsDark(x, y) ^ IsMasked(mask, x, y));
                }
            }
        }
        return [.. bits.Chunk(8).Where(octet => octet.Length == 8).Select(octet => octet.Aggregate((byte)0, (sum, bit) => (byte)(sum << 1 | (bit ? 1 : 0))))];
    }

    private static bool IsMasked(int mask, int x, int y) => 0 == mask switch
    {
        0 => (x + y) % 2,
        1 => y % 2,
        2 => x % 3,
        3 => (x + y) % 3,
        4 => (y / 2 + x / 3) % 2,
        5 => x * y % 2 + x * y % 3,
        6 => (x * y % 2 + x * y % 3) % 2,
        _ => ((x + y) % 2 + x * y % 3) % 2,
    };

    // §7.6: the data codewords of all blocks are interleaved; the later blocks may be one longer.
    private static byte[] Data(byte[] codewords, int version, int level)
    {
        var blocks = QrCapacity.Blocks[level][version - 1];
        var perBlock = codewords.Length / blocks - QrCapacity.CorrectionPerBlock[level][version - 1];
        var longer = codewords.Length % blocks;
        var data = new List<byte>();
        for (var block = 0; block < blocks; block++)
        {
            for (var i = 0; i < perBlock; i++)
                data.Add(codewords[i * blocks + block]);
            if (block >= blocks - longer)
                data.Add(codewords[perBlock * blocks + block - (blocks - longer)]);
        }
        return [.. data];
    }

    private static string Text(BitReader bits, int version)
    {
        var group = version < 10 ? 0 : version < 27 ? 1 : 2;
        var text = new StringBuilder();
        while (true)
        {
            switch (bits.Read(4))
            {
                case 1:
                    ReadDigits(bits.Read(((int[])[10, 12, 14])[group]));
                    break;
                case 2:
                    ReadAlphanumeric(bits.Read(((int[])[9, 11, 13])[group]));
                    break;
                case 4:
                    var length = bits.Read(group == 0 ? 8 : 16);
                    text.Append(Encoding.UTF8.GetString([.. Enumerable.Range(0, length).Select(_ => (byte)bits.Read(8))]));
                    break;
                case 7:
                    bits.Read(8); // character set designator; all of them agree on ASCII
                    break;
                default:
                    return text.ToString();
            }
        }

        void ReadDigits(int count)
        {
            for (; count >= 3; count -= 3)
                text.Append($"{bits.Read(10):D3}");
            if (count > 0)
                text.Append(bits.Read(count == 2 ? 7 : 4).ToString(count == 2 ? "D2" : "D1"));
        }

        void ReadAlphanumeric(int count)
        {
            for (; count >= 2; count -= 2)
            {
                var pair = bits.Read(11);
                text.Append(Alphanumeric[pair / 45]).Append(Alphanumeric[pair % 45]);
            }
            if (count == 1)
                text.Append(Alphanumeric[bits.Read(6)]);
        }
    }

    private sealed class BitReader(byte[] data)
    {
        private int _position;

        /// <summary>The next bits; what lies beyond the end is 0, as the terminator is.</summary>
        public int Read(int count)
        {
            var value = 0;
            for (; count > 0; count--, _position++)
                value = value << 1 | (_position / 8 < data.Length ? data[_position / 8] >> 7 - _position % 8 & 1 : 0);
            return value;
        }
    }
}
