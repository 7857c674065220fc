using Kinora.Models.Planning;

namespace Kinora.Models.Tests.Planning;

public sealed class AvailableMemoryTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public AvailableMemoryTests()
    {
        Write("proc/meminfo", "MemTotal:       2000 kB\nMemFree:  10 kB\nMemAvailable:   1000 kB\n");
        Write("proc/self/status", "Name:\tkinora\nRssAnon:\t     100 kB\nRssFile:\t 5 kB\nRssShmem:\t      20 kB\n");
        Write("proc/self/cgroup", "0::/\n");
    }

    public void Dispose() => directory.Dispose();

    [Fact]
    public void Without_limits_it_is_what_the_system_could_free() => Assert.Equal(1000 << 10, Headroom());

    [Theory]
    [InlineData("600", 1600, 0)]
    [InlineData("2048000", 1600, 400 << 10)]
    [InlineData("unlimited", 1600, 1000 << 10)]
    public void A_limit_of_the_address_space(string limit, int used, long expected)
    {
        Write("proc/self/limits", $"Limit                     Soft Limit           Hard Limit           Units\nMax address space         {limit}            unlimited            bytes\n");
        Write("proc/self/status", $"VmSize:\t    {used} kB\n");
        Assert.Equal(expected, Headroom());
    }

    [Fact]
    public void Own_memory_is_counted_with_what_is_shared_with_nobody() => Assert.Equal(120 << 10, AvailableMemory.InUse(At("proc")));

    [Theory]
    [InlineData("a/b", 500, 400, 0, 101)] // one page of files is in use now and then
    [InlineData("a/b", 500, 400, 50, 151)] // others by nobody
    [InlineData("a", 500, 450, 0, 51)] // the limit of a group above
    [InlineData("", 500, 500, 0, 1)]
    [InlineData("a/b", 500, 600, 0, 0)]
    public void Control_groups_of_version_2(string group, long limit, long used, long inactive, long expected)
    {
        Write("proc/self/cgroup", "0::/a/b\n");
        Write($"groups/{group}/memory.max", $"{limit << 10}\n");
        Write($"groups/{group}/memory.current", $"{used << 10}\n");
        Write($"groups/{group}/memory.stat", $"anon 1\ninactive_anon 7\ninactive_file {inactive << 10}\nactive_file 1024\n");
        Assert.Equal(expected << 10, Headroom());
    }

    [Fact]
    public void A_group_without_a_limit_limits_nothing()
    {
        Write("groups/memory.max", "max\n");
        Write("groups/memory.current", "5\n");
        Assert.Equal(1000 << 10, Headroom());
    }

    [Fact]
    public void Control_groups_of_version_1()
    {
        Write("proc/self/cgroup", "9:name=systemd:/x\n4:cpu,memory:/a\n0::/\n");
        Write("groups/memory/a/memory.limit_in_bytes", $"{500 << 10}\n");
        Write("groups/memory/a/memory.usage_in_bytes", $"{300 << 10}\n");
        Write("groups/memory/a/memory.stat", $"total_inactive_file {20 << 10}\n");
        Assert.Equal(220 << 10, Headroom());
    }

    [Fact]
    public void Where_the_system_tells_nothing_the_runtime_does() => Assert.InRange(AvailableMemory.Headroom(At("nowhere"), At("nowhere")), 1, 1L << 50);

    [Fact]
    public void This_machine_has_some() => Assert.InRange(AvailableMemory.Headroom(), 1 << 20, 1L << 50);

    private long Headroom() => AvailableMemory.Headroom(At("proc"), At("groups"));

    private string At(string path) => directory.File(path);

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
        File.WriteAllText(At(path), text);
    }
}
