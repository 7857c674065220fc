using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Kinora.Cli;

/// <summary>Examples below the help of a command.</summary>
internal static class Examples
{
    private static readonly Dictionary<Command, string[]> Known = [];

    public static void Add(Command command, params string[] lines) => Known[command] = lines;

    /// <summary>Makes <c>--help</c> of all commands end with their examples.</summary>
    public static void ShowIn(RootCommand root)
    {
        var option = root.Options.OfType<HelpOption>().Single();
        option.Action = new Action((SynchronousCommandLineAction)option.Action!);
    }

    private sealed class Action(SynchronousCommandLineAction help) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            help.Invoke(parseResult);
            if (Known.TryGetValue(parseResult.CommandResult.Command, out var lines))
            {
                Console.Out.WriteLine("Examples:");
                foreach (var line in lines)
                {
                    Console.Out.WriteLine($"  {line}");
                }

                Console.Out.WriteLine();
            }

            return ExitCode.Done;
        }
    }
}
