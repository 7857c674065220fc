using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Kinora.Cli.Tests;

/// <summary>The documentation is true: its links lead somewhere, and its examples print what it shows.</summary>
public partial class DocumentationTests
{
    public static TheoryData<string> Pages => [.. Directory.EnumerateFiles(Root, "*.md").Concat(Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.md")).Select(page => Path.GetRelativePath(Root, page)).Order(StringComparer.Ordinal)];

    public static TheoryData<string, string> Examples
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (Match block in ConsoleBlock().Matches(File.ReadAllText(Path.Combine(Root, "README.md"))))
            {
                data.Add(block.Groups["command"].Value, block.Groups["output"].Value);
            }

            return data;
        }
    }

    private static string Root => Repository.Root;

    [Theory]
    [MemberData(nameof(Pages))]
    public void Links_lead_to_files(string page)
    {
        var text = File.ReadAllText(Path.Combine(Root, page));
        var folder = Path.GetDirectoryName(Path.Combine(Root, page))!;
        foreach (Match link in Link().Matches(text))
        {
            var target = link.Groups["target"].Value;
            Assert.True(target.StartsWith("https://", StringComparison.Ordinal) || Path.Exists(Path.Combine(folder, target)), $"{page} links to {target}, which is not there.");
        }
    }

    [Fact]
    public void The_tour_has_eight_stops_and_each_is_a_file()
    {
        var stops = File.ReadAllText(Path.Combine(Root, "docs", "tour.md")).Split('\n').Where(line => Stop().IsMatch(line)).ToList();
        Assert.Equal(8, stops.Count);
        Assert.All(stops, stop => Assert.Matches(@"\]\(\.\./src/.*\.cs\)", stop + string.Join(' ', File.ReadAllText(Path.Combine(Root, "docs", "tour.md")).Split(stop)[1].Split("\n")[..3])));
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task The_examples_of_the_README_print_what_it_shows(string command, string output)
    {
        using var process = Process.Start(new ProcessStartInfo("bash", ["-c", command]) { WorkingDirectory = Root, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.Equal(output, await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await error);
    }

    [Fact]
    public void Every_attack_names_a_test_that_exists()
    {
        var sources = Directory.EnumerateFiles(Path.Combine(Root, "tests"), "*Tests.cs", SearchOption.AllDirectories).Select(File.ReadAllText).ToList();
        var rows = File.ReadAllLines(Path.Combine(Root, "docs", "hostile-input.md")).Where(line => AttackRow().IsMatch(line)).ToList();
        Assert.True(rows.Count > 30);
        foreach (var name in rows.SelectMany(row => Code().Matches(row.Split('|')[3]).Select(match => match.Groups[1].Value)))
        {
            var parts = name.Split('.');
            var holders = parts.Length == 2 || name.EndsWith("Tests", StringComparison.Ordinal) ? sources.Where(source => source.Contains($"class {parts[0]}", StringComparison.Ordinal)) : sources;
            Assert.True(holders.Any(source => name.EndsWith("Tests", StringComparison.Ordinal) || source.Contains($" {parts[^1]}(", StringComparison.Ordinal)), $"docs/hostile-input.md names {name}, which is not there.");
        }
    }

    [Fact]
    public void The_README_has_examples()
    {
        Assert.True(Examples.Count >= 5);
    }

    [GeneratedRegex(@"```console\n\$ (?<command>[^\n]*)\n(?<output>.*?)```", RegexOptions.Singleline)]
    private static partial Regex ConsoleBlock();

    [GeneratedRegex(@"\]\((?<target>[^)#]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^\|.*\| [MLC] `[^|]*\|$")]
    private static partial Regex AttackRow();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"^\d+\. \*\*")]
    private static partial Regex Stop();
}
