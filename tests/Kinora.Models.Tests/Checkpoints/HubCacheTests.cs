using Kinora.Models.Checkpoints;

namespace Kinora.Models.Tests.Checkpoints;

public sealed class HubCacheTests : IDisposable
{
    private const string First = "0123456789abcdef0123456789abcdef01234567";
    private const string Second = "89abcdef0123456789abcdef0123456789abcdef";

    private readonly string root = Directory.CreateTempSubdirectory("kinora-test-").FullName;
    private readonly HubCache cache;

    public HubCacheTests() => cache = new(root);

    public void Dispose() => Directory.Delete(root, recursive: true);

    public static TheoryData<string?, string?, string?, string> Environments => new()
    {
        { "/hub", "/home", "/xdg", "/hub" },
        { null, "/home", "/xdg", "/home/hub" },
        { null, null, "/xdg", "/xdg/huggingface/hub" },
        { "", "", "", "~/.cache/huggingface/hub" },
        { "~/models", null, null, "~/models" },
    };

    [Theory]
    [MemberData(nameof(Environments))]
    public void The_environment_says_where_it_is(string? hub, string? home, string? xdg, string expected)
    {
        var found = HubCache.OfEnvironment(name => name switch { "HF_HUB_CACHE" => hub, "HF_HOME" => home, "XDG_CACHE_HOME" => xdg, _ => null });
        Assert.Equal(expected.Replace("~", Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), StringComparison.Ordinal), found.Directory);
    }

    [Fact]
    public void A_name_leads_through_the_reference_and_the_link_to_the_files()
    {
        Snapshot("org/name", First, main: false);
        var wanted = Snapshot("org/name", Second, main: true);
        Assert.Equal(wanted, cache.Find("org/name"));
        Assert.Equal(wanted, cache.Find($"org/name@{Second}"));
        Assert.EndsWith(First, cache.Find($"org/name@{First}"), StringComparison.Ordinal);
        Assert.Equal("{}", File.ReadAllText(Path.Combine(wanted, "config.json")));
        Assert.Equal([($"org/name@{First}", cache.Find($"org/name@{First}")!), ("org/name", wanted)], cache.Models());
    }

    [Fact]
    public void A_branch_or_a_tag_is_a_revision()
    {
        var wanted = Snapshot("org/name", First, main: false);
        Reference("org/name", "refs/pr-1", "");
        Reference("org/name", "v1.0", First);
        Assert.Equal(wanted, cache.Find("org/name@v1.0"));
        Assert.Null(cache.Find("org/name@v2.0"));
    }

    [Fact]
    public void Without_a_reference_the_only_snapshot_is_meant()
    {
        var wanted = Snapshot("org/name", First, main: false);
        Assert.Equal(wanted, cache.Find("org/name"));
        Snapshot("org/name", Second, main: false);
        Assert.Null(cache.Find("org/name"));
    }

    [Theory]
    [InlineData("../../../etc")]
    [InlineData("/etc")]
    [InlineData("two words")]
    [InlineData("")]
    public void A_reference_that_leads_elsewhere_is_none(string content)
    {
        Snapshot("org/name", First, main: false);
        Snapshot("org/name", Second, main: false);
        Reference("org/name", "main", content);
        Assert.Null(cache.Find("org/name"));
    }

    [Theory]
    [InlineData("org/name", true)]
    [InlineData("Org-1/Name_2.5", true)]
    [InlineData("org/name@v1.0", true)]
    [InlineData("org/name@refs/pr/1", true)]
    [InlineData("org/name@../../x", false)]
    [InlineData("org/..", false)]
    [InlineData("../name", false)]
    [InlineData("./name", false)]
    [InlineData("/org/name", false)]
    [InlineData("org/name/more", false)]
    [InlineData("name", false)]
    [InlineData("", false)]
    public void What_could_be_a_name(string text, bool could) => Assert.Equal(could, HubCache.IsId(text));

    [Fact]
    public void What_is_not_there_is_not_found()
    {
        Assert.Null(cache.Find("org/name"));
        Assert.Empty(cache.Models());
        Assert.Empty(new HubCache(Path.Combine(root, "none")).Models());
        Directory.CreateDirectory(Path.Combine(root, "models--org--name", "snapshots", First));
        Assert.Null(cache.Find("org/name")); // begun, without a config.json yet
    }

    private string Snapshot(string id, string commit, bool main)
    {
        var model = Path.Combine(root, "models--" + id.Replace("/", "--", StringComparison.Ordinal));
        var (blobs, snapshot) = (Path.Combine(model, "blobs"), Path.Combine(model, "snapshots", commit));
        Directory.CreateDirectory(blobs);
        Directory.CreateDirectory(snapshot);
        File.WriteAllText(Path.Combine(blobs, "abc"), "{}");
        File.CreateSymbolicLink(Path.Combine(snapshot, "config.json"), Path.Combine("..", "..", "blobs", "abc"));
        if (main)
        {
            Reference(id, "main", commit + "\n");
        }

        return snapshot;
    }

    private void Reference(string id, string name, string content)
    {
        var file = Path.Combine(root, "models--" + id.Replace("/", "--", StringComparison.Ordinal), "refs", name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
    }
}
