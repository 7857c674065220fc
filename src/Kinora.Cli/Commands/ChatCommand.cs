using System.CommandLine;
using System.Globalization;
using System.Text;
using Kinora.Cli.Terminal;
using Kinora.Media;
using Kinora.Models.Conversations;
using Kinora.Models.Describing;
using Kinora.Models.Families;
using Kinora.Models.Generation;
using Kinora.Models.Inputs;
using Kinora.Models.Planning;
using Kinora.Models.Weights;

namespace Kinora.Cli.Commands;

/// <summary><c>kinora chat</c>: questions about one input, typed or piped in.</summary>
internal static class ChatCommand
{
    private const string Help = """
        Type a question, or one of:
          /video PATH   talk about another video, picture or folder
          /frames N     look at N frames of it
          /reset        forget what was said
          /save FILE    save the conversation
          /help         show this
          /quit         leave
        """;

    private static readonly Argument<string?> Input = new("INPUT") { Description = "A video, an animated GIF, a picture, or a folder of pictures; may also come later with /video.", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string?> Model = CommonOptions.Model();
    private static readonly Option<WeightFormat> Weights = CommonOptions.Weights();
    private static readonly Option<int?> Frames = CommonOptions.Frames();
    private static readonly Option<FrameRule?> FramesBy = CommonOptions.FramesBy();
    private static readonly Option<double?> Start = CommonOptions.Start();
    private static readonly Option<double?> End = CommonOptions.End();
    private static readonly Option<string[]> Lora = LoraOption.Create();
    private static readonly ModelFlags ModelSettings = new();
    private static readonly GenerationFlags Generation = new();

    public static Command Create()
    {
        var command = new Command("chat", "Ask questions about a video; type them or pipe them in, one a line.") { Input, Model, Lora, Weights, Frames, FramesBy, Start, End };
        ModelSettings.AddTo(command);
        Generation.AddTo(command);
        Examples.Add(command, "kinora chat clip.mp4", "kinora chat clip.mp4 --model /data/Tarsier-7b --frames 16 --weights q4_0", "printf 'What happens?\\nWhat colour is it?\\n' | kinora chat clip.mp4");
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var directory = Models.Directory(parsed.GetValue(Model));
        var generation = Generation.Read(parsed);
        if (generation.StopStrings.Count > 0)
        {
            throw new UsageException("--stop has no place in a chat: what is cut off would still be part of the conversation.");
        }

        var card = ModelCard.Find(directory);
        var asked = CommonOptions.Request(parsed.GetValue(Frames), parsed.GetValue(FramesBy), parsed.GetValue(Start), parsed.GetValue(End));
        using var planner = new RunPlanner(directory) { SettingsFrom = LoraOption.SettingsOf(parsed.GetValue(Lora)), Setup = model => ModelSettings.Apply(parsed, model, parsed.GetValue(Frames), generation.Beams) };
        generation = Generation.Complete(parsed, generation, planner.Outline(parsed.GetValue(Weights)));
        using var model = Models.LoadToRun(planner, parsed.GetValue(Weights), asked, parsed.GetValue(Input) is { } first ? [first] : [], generation, null, cancellation);
        using var adapters = LoraOption.Attach(model, parsed.GetValue(Lora), ModelSettings.LoraAlpha(parsed));
        ModelSettings.Note(parsed, model);
        var request = model.Complete(asked);
        using var chat = new Conversation(model, card, generation, request, cancellation);
        if (parsed.GetValue(Input) is { } input && !await chat.OpenAsync(input).ConfigureAwait(false))
        {
            return ExitCode.SomeFailed;
        }

        var typed = !Console.IsInputRedirected;
        if (typed)
        {
            Console.Error.WriteLine(Help);
        }

        if (parsed.GetValue(Input) is null)
        {
            Messages.Hint("[nothing to look at yet: /video PATH opens a video]");
        }

        while (true)
        {
            if (typed)
            {
                Console.Error.Write("> ");
            }

            var line = await ReadLineAsync(cancellation).ConfigureAwait(false);
            if (line is null || line.Trim() is "/quit" or "/exit")
            {
                EndLine(line is null && typed);
                return chat.Failures > 0 ? ExitCode.SomeFailed : ExitCode.Done;
            }

            if (line.Trim().Length > 0)
            {
                await chat.TakeAsync(line.Trim()).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The console reads without heeding a cancellation, so it is left behind on a thread of its own.</summary>
    private static async Task<string?> ReadLineAsync(CancellationToken cancellation)
    {
        try
        {
            return await Task.Run(Console.In.ReadLine, CancellationToken.None).WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            EndLine(!Console.IsInputRedirected);
            throw;
        }
    }

    private static void EndLine(bool wanted)
    {
        if (wanted)
        {
            Console.Error.WriteLine();
        }
    }

    /// <summary>What is open, and the commands that change it. A command that fails leaves everything as it was.</summary>
    private sealed class Conversation(VisionLanguageModel model, ModelCard? card, GenerationOptions generation, FrameRequest frames, CancellationToken cancellation) : IDisposable
    {
        private readonly MediaReader media = new();
        private FrameRequest request = frames;
        private ChatSession session = new(model, []);
        private string? path;

        public int Failures { get; private set; }

        public async Task TakeAsync(string line)
        {
            var (command, rest) = line.Split(' ', 2) is [var first, var second] ? (first, second.Trim()) : (line, "");
            switch (command)
            {
                case "/help":
                    Console.Error.WriteLine(Help);
                    break;
                case "/reset":
                    session.Reset();
                    Messages.Hint("[the conversation starts anew]");
                    break;
                case "/video":
                    await OpenAsync(Unquoted(rest)).ConfigureAwait(false);
                    break;
                case "/frames":
                    await ChangeFramesAsync(rest).ConfigureAwait(false);
                    break;
                case "/save":
                    Save(Unquoted(rest));
                    break;
                case ['/', ..] when command.Skip(1).All(char.IsAsciiLetter):
                    Fail($"{command} is no command; /help lists them.");
                    break;
                default:
                    Ask(line);
                    break;
            }
        }

        public async Task<bool> OpenAsync(string input) => await OpenAsync(input, request).ConfigureAwait(false);

        public void Dispose() => session.Dispose();

        private async Task<bool> OpenAsync(string input, FrameRequest wanted)
        {
            if (input.Length == 0)
            {
                Fail("/video needs a path, as in '/video clip.mp4'.");
                return false;
            }

            try
            {
                var clip = await media.ReadAsync(input, wanted, new DecodingLine(), cancellation).ConfigureAwait(false);
                _ = Models.WarnIfUnknown(card, clip.Info);
                session.Dispose();
                session = new ChatSession(model, [VisualMedia.Of(clip)], generation.Cache);
                (path, request) = (input, wanted);
                Messages.Hint(string.Create(CultureInfo.InvariantCulture, $"[{input}: {Summary.Count(clip.Frames.Count, "frame")} from {clip.Frames.Min(frame => frame.Time):0.00} s to {clip.Frames.Max(frame => frame.Time):0.00} s]"));
                return true;
            }
            catch (ToolMissingException) when (path is null && session.Turns.Count == 0)
            {
                throw; // nothing was done yet, and nothing can be
            }
            catch (Exception error) when (KinoraCommand.IsExpected(error))
            {
                Fail(error.Message);
                return false;
            }
        }

        private async Task ChangeFramesAsync(string text)
        {
            FrameRequest wanted;
            try
            {
                wanted = int.TryParse(text, out var count) ? CommonOptions.Request(count, request.Rule, request.Start, request.End, "/frames") : throw new UsageException($"/frames needs a number, as in '/frames 16', not '{text}'.");
            }
            catch (UsageException error)
            {
                Fail(error.Message);
                return;
            }

            var before = model.Settings;
            model.Apply(before with { Frames = wanted.Count });
            if (path is null)
            {
                request = wanted;
            }
            else if (!await OpenAsync(path, wanted).ConfigureAwait(false))
            {
                model.Apply(before);
            }
        }

        private void Save(string file)
        {
            if (file.Length == 0)
            {
                Fail("/save needs a file name, as in '/save talk.txt'.");
                return;
            }

            if (path is not null && Path.GetFullPath(file) == Path.GetFullPath(path))
            {
                Fail($"/save would overwrite the input {file}; give another name.");
                return;
            }

            var text = new StringBuilder(path is null ? "" : $"Input: {Messages.Clean(path)}\n\n");
            foreach (var turn in session.Turns)
            {
                text.Append(turn.Role == Role.User ? "User: " : "Model: ").Append(turn.Text.Trim()).Append(turn.Role == Role.User ? "\n" : "\n\n");
            }

            try
            {
                OutputFile.Write(file, text.ToString());
                Messages.Hint($"[saved {Summary.Count(session.Turns.Count / 2, "question")} with the answers to {file}]");
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                Fail(error.Message);
            }
        }

        private void Ask(string question)
        {
            var answer = StreamedText.ToConsole();
            try
            {
                session.Ask(question, generation, Show, ProgressLine.ShowBesideText, cancellation);
            }
            catch (Exception error) when (KinoraCommand.IsExpected(error))
            {
                Fail(error.Message);
            }

            finally
            {
                ProgressLine.Clear();
                answer.End();
            }

            void Show(string piece)
            {
                ProgressLine.Clear();
                answer.Write(piece);
            }
        }

        /// <summary>A path as a terminal puts it in quotation marks when a file is dropped there.</summary>
        private static string Unquoted(string text)
            => text is [var first and ('"' or '\''), .., var last] && first == last && text.Length > 2 && !File.Exists(text) ? text[1..^1] : text;

        private void Fail(string message)
        {
            Failures++;
            Messages.Error(message);
        }
    }
}
