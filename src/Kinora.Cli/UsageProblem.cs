using System.CommandLine;
using System.CommandLine.Parsing;

namespace Kinora.Cli;

/// <summary>What is wrong with a command line, in one line that says what to write instead.</summary>
internal static class UsageProblem
{
    /// <summary>The problem, or null.</summary>
    public static string? Of(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var help = $"'{string.Join(' ', Path(command).Append("--help"))}' shows how to use it.";
        if (command is RootCommand && parsed.UnmatchedTokens is [var unknown, ..] && !LooksLikeOption(unknown))
        {
            return $"There is no command '{unknown}'{Suggestion(unknown, command.Subcommands.Select(known => known.Name))}; {help}";
        }

        if (MistypedOption(parsed) is { } option)
        {
            return $"There is no option {option}{Suggestion(option, command.Options.SelectMany(known => known.Aliases.Append(known.Name)))}; {help}";
        }

        if (command.Arguments.FirstOrDefault(argument => argument.Name != "TEXT" && parsed.GetResult(argument)?.Tokens.Any(token => token.Value.Length == 0) == true) is { } empty)
        {
            return $"{empty.Name} is an empty text; name a file or directory; {help}";
        }

        if (parsed.UnmatchedTokens is [var surplus, ..])
        {
            return $"'{surplus}' is one argument too many; {help}";
        }

        return (parsed.Errors is [var first, ..] ? first : null) switch
        {
            null => null,
            { SymbolResult: ArgumentResult { Parent: CommandResult, Tokens.Count: 0 } argument } => $"{argument.Argument.Name} is missing; {help}",
            { SymbolResult: CommandResult } when command.Arguments is [{ Arity.MinimumNumberOfValues: > 0 } wanted] && parsed.GetResult(wanted) is null or { Tokens.Count: 0 } => $"{wanted.Name} is missing; {help}",
            var error => $"{WithoutStop(error.Message)}; {help}",
        };
    }

    /// <summary>
    /// Where files are expected, an option with a slip of the pen would count as a file. A file of that name is taken all the same,
    /// as a shell's <c>*</c> may have named it, and so is everything once <c>--</c> was written.
    /// </summary>
    private static string? MistypedOption(ParseResult parsed)
    {
        if (parsed.Tokens.Any(token => token.Type == TokenType.DoubleDash))
        {
            return null;
        }

        return parsed.CommandResult.Command.Arguments
            .SelectMany(argument => parsed.GetResult(argument)?.Tokens ?? [])
            .Select(token => token.Value)
            .Concat(parsed.UnmatchedTokens)
            .Where(word => LooksLikeOption(word) && !File.Exists(word) && !Directory.Exists(word))
            .Select(word => word.Split('=')[0])
            .FirstOrDefault();
    }

    private static string WithoutStop(string message) => message.EndsWith('.') && !message.EndsWith("...", StringComparison.Ordinal) ? message[..^1] : message;

    private static bool LooksLikeOption(string word)
        => word is ['-', var first, ..] && (char.IsAsciiLetter(first) || first == '-') && !word.Any(char.IsWhiteSpace);

    private static string Suggestion(string wrong, IEnumerable<string> known)
    {
        const int MostEdits = 3;
        var best = known.Select(name => (Name: name, Edits: Edits(wrong, name))).OrderBy(pair => pair.Edits).FirstOrDefault();
        return best.Name is not null && best.Edits <= MostEdits && best.Edits < wrong.Length / 2 ? $" (did you mean {best.Name}?)" : "";
    }

    /// <summary>Levenshtein's distance.</summary>
    private static int Edits(string from, string to)
    {
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (from[i - 1] == to[j - 1] ? 0 : 1)));
            }
        }

        return row[^1];
    }

    private static IEnumerable<string> Path(Command command)
        => command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? Path(parent).Append(command.Name) : ["kinora"];
}
