namespace Kinora.Cli.Tests.Commands;

/// <summary><c>--model org/name</c>: models in the hub's local cache.</summary>
public sealed class HubModelTests
{
    [Fact]
    public void A_name_stands_for_the_directory_in_the_cache()
    {
        using var hub = new TemporaryDirectory();
        hub.CopyTree(Repository.Model, "models--org--toys/snapshots/0123abc");
        hub.Write("models--org--toys/refs/main", "0123abc");
        Assert.Contains("snapshots/0123abc", Run(hub, "inspect", "org/toys").Expect(0).Out, StringComparison.Ordinal);
        Assert.Equal(Repository.GoldenText("toybox-00") + "\n", Run(hub, "describe", Repository.Clip(0), "--model", "org/toys").Expect(0).Out);
    }

    [Fact]
    public void A_name_that_the_cache_has_not_is_said_with_what_helps()
    {
        using var hub = new TemporaryDirectory();
        Run(hub, "describe", Repository.Clip(0), "--model", "org/toys").ExpectError(3, "org/toys", "hub's cache", hub.Path, "download");
    }

    private static Outcome Run(TemporaryDirectory hub, params string[] arguments) => KinoraProcess.RunWith("", new Dictionary<string, string> { ["HF_HUB_CACHE"] = hub.Path }, arguments);
}
