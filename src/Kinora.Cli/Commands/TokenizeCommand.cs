using System.CommandLine;
using System.Globalization;
using Kinora.Cli.Terminal;
using Kinora.Models.Tokenization;

namespace Kinora.Cli.Commands;

/// <summary><c>kinora tokenize</c>: text to ids and back.</summary>
internal static class TokenizeCommand
{
    private static readonly Argument<string?> Text = new("TEXT") { Description = "The text; without it, stdin is read.", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string?> Model = CommonOptions.PathTo("--model", "Directory with tokenizer.json or tokenizer.model; default: the shipped model.", "DIR");
    private static readonly Option<bool> Typed = new("--typed") { Description = "Treat the text as typed by a user: nothing in it is a placeholder or a mark." };
    private static readonly Option<bool> Plain = new("--plain") { Description = "Leave out the marks that the tokenizer adds by itself, as <s>." };
    private static readonly Option<bool> Decode = new("--decode") { Description = "The text holds ids, separated by blanks or commas: print what they mean." };
    private static readonly Option<bool> Json = CommonOptions.Json();

    public static Command Create()
    {
        var command = new Command("tokenize", "Show how a tokenizer cuts a text.") { Text, Model, Typed, Plain, Decode, Json };
        Examples.Add(command, "kinora tokenize \"USER: <image> What happens?\"", "kinora tokenize --decode \"1 88 595 72\" --model /data/Tarsier-7b", "kinora tokenize --json < prompt.txt");
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var directory = Models.Directory(parsed.GetValue(Model));
        if (!Directory.Exists(directory))
        {
            throw new TokenizerException(directory, "does not exist; expected a directory with tokenizer.json or tokenizer.model");
        }

        var tokenizer = Tokenizer.Load(directory);
        if (parsed.GetValue(Text) is null && !Console.IsInputRedirected)
        {
            Messages.Hint("Type the text; Ctrl-D in an empty line ends it.");
        }

        var text = parsed.GetValue(Text) ?? Console.In.ReadToEnd();
        if (parsed.GetValue(Decode))
        {
            Console.Out.WriteLine(Messages.Clean(tokenizer.Decode(Ids(text, tokenizer), skipSpecialTokens: false), lines: true));
            return ExitCode.Done;
        }

        var ids = tokenizer.Encode([new PromptSpan(text, !parsed.GetValue(Typed))], addSpecialTokens: !parsed.GetValue(Plain));
        if (parsed.GetValue(Json))
        {
            JsonOutput.Write(new { ids, tokens = ids.Select(tokenizer.TokenOf) });
        }
        else
        {
            Report.Table(["id", "token"], ids.Select(id => (IReadOnlyList<string>)[$"{id}", tokenizer.TokenOf(id) ?? ""]));
        }

        return ExitCode.Done;
    }

    private static int[] Ids(string text, Tokenizer tokenizer)
        => [.. text.Split([' ', ',', '\t', '\n', '\r', '[', ']'], StringSplitOptions.RemoveEmptyEntries)
            .Select(word => int.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var id) && tokenizer.TokenOf(id) is not null
                ? id
                : throw new UsageException($"'{word}' is no token id of this tokenizer; give whole numbers from 0 to {tokenizer.Count - 1}."))];
}
