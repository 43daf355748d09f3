using System.Text;
using SmartCity.GovernmentServices.Domain;

namespace SmartCity.GovernmentServices.Tests.Domain;

public sealed class PhotoTests
{
    [Fact]
    public void Of_a_jpeg_what_draws_it_stays_byte_for_byte_and_which_side_is_up_and_nothing_else()
    {
        foreach (var picture in new[] { Pictures.Jpeg, Pictures.Progressive })
        {
            Photo.WithoutMetadata(picture, "image/jpeg").ShouldBe(picture, "nothing was told beside");
            var kept = Photo.WithoutMetadata(Pictures.WithMetadata(picture), "image/jpeg")!;

            Tells(kept).ShouldBeFalse();
            // A segment with one tag in it, right behind the start.
            kept.Length.ShouldBe(picture.Length + 36);
            kept[(2 + 36)..].ShouldBe(picture[2..]);
            kept[31].ShouldBe((byte)6);
            Photo.WithoutMetadata(kept, "image/jpeg").ShouldBe(kept, "cleaned once more it stays as it is");
            Photo.WithoutMetadata(Pictures.WithMetadata(picture, orientation: 1), "image/jpeg").ShouldBe(picture);
        }
    }

    [Fact]
    public void Of_a_png_likewise() => Photo.WithoutMetadata(Pictures.Png(withMetadata: true), "image/png").ShouldBe(Pictures.Png(withMetadata: false));

    [Fact]
    public void What_is_cut_off_renamed_or_too_large_to_show_is_no_picture()
    {
        foreach (var (picture, type) in new[] { (Pictures.WithMetadata(Pictures.Jpeg)[..^Pictures.Place.Length], "image/jpeg"), (Pictures.Progressive, "image/jpeg"), (Pictures.Png(false), "image/png") })
            for (var length = 0; length < picture.Length; length++) Photo.WithoutMetadata(picture.AsSpan(0, length), type).ShouldBeNull($"{type} cut at {length}");

        Photo.WithoutMetadata(Pictures.Jpeg, "image/png").ShouldBeNull();
        Photo.WithoutMetadata(Pictures.Png(false), "image/jpeg").ShouldBeNull();
        Photo.WithoutMetadata(Pictures.Jpeg, "application/pdf").ShouldBeNull();
        var vast = Pictures.Png(false);
        (vast[16], vast[20]) = (0x10, 0x10);
        Photo.WithoutMetadata(vast, "image/png").ShouldBeNull();
    }

    [Fact]
    public void Whatever_is_sent_is_answered_and_what_is_taken_tells_nothing()
    {
        var random = new Random(20220301);
        for (var round = 0; round < 20_000; round++)
        {
            var (sent, type) = round % 3 == 0 ? (Pictures.Png(true), "image/png") : (Pictures.WithMetadata(round % 3 == 1 ? Pictures.Jpeg : Pictures.Progressive), "image/jpeg");
            for (var change = random.Next(1, 6); change > 0; change--) sent[random.Next(sent.Length)] = (byte)random.Next(256);

            if (Photo.WithoutMetadata(sent, type) is { } kept) Photo.WithoutMetadata(kept, type).ShouldNotBeNull();
        }
    }

    private static bool Tells(byte[] picture) => Encoding.Latin1.GetString(picture).Contains("Li Lei", StringComparison.Ordinal);
}
