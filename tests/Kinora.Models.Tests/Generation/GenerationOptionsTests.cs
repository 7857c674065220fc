using Kinora.Models.Generation;

namespace Kinora.Models.Tests.Generation;

public sealed class GenerationOptionsTests
{
    [Fact]
    public void Every_value_out_of_range_is_named()
    {
        new GenerationOptions().Validate();
        Refused(new() { MaxNewTokens = 0 }, "MaxNewTokens is 0; expected 1 to 16777216.");
        Refused(new() { Temperature = -0.5 }, "Temperature is -0.5; expected 0, which always takes the most likely token, or a number from");
        Refused(new() { Temperature = double.NaN }, "Temperature is NaN");
        Refused(new() { TopK = -1 }, "TopK is -1");
        new GenerationOptions { TopP = 0, Temperature = 1e-6 }.Validate();
        Refused(new() { Temperature = 1e-7 }, "Temperature is 1E-07");
        Refused(new() { TopP = -0.1 }, "TopP is -0.1");
        Refused(new() { TopP = 1.5 }, "TopP is 1.5");
        Refused(new() { RepetitionPenalty = 0 }, "RepetitionPenalty is 0");
        Refused(new() { Beams = 0 }, "Beams is 0; expected 1 to 1024.");
        Refused(new() { LengthPenalty = double.PositiveInfinity }, "LengthPenalty is");
        Refused(new() { Beams = 2, Temperature = 1 }, "Temperature is 1; expected 0 with 2 beams");
        Refused(new() { StopStrings = ["x", ""] }, "StopStrings is an empty text");
        Refused(new() { EndIds = [2, -1] }, "EndIds is 2, -1");
    }

    private static void Refused(GenerationOptions options, string message)
    {
        var error = Assert.Throws<GenerationException>(options.Validate);
        Assert.StartsWith(message, error.Message);
        Assert.StartsWith(error.Option, message);
    }
}
