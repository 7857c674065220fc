using System.Text;
using System.Text.Unicode;
using Kinora.Media;
using Kinora.Models;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Kinora.Training.Recipes;

/// <summary>Reads the YAML of a recipe into nodes. Only plain values, lists and keys are taken: no anchors (a few of them can unfold into gigabytes), no tags, one document.</summary>
internal static class RecipeText
{
    // A recipe takes some kilobytes.
    private const int MostBytes = 1 << 16;
    private const int DeepestNesting = 8;

    /// <summary>Reads a file.</summary>
    /// <exception cref="RecipeException">It can't be read or is no such YAML.</exception>
    public static RecipeMap ReadFile(string path)
    {
        try
        {
            var bytes = PlainFile.ReadAtMost(path, MostBytes) ?? throw new RecipeException($"{path}: is larger than the {MostBytes} bytes that a recipe has at most; is this the right file?");
            return Utf8.IsValid(bytes) ? ReadMap(Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF'), path) : throw new RecipeException($"{path}: is no valid UTF-8; convert the file");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new RecipeException($"{path}: can't be read ({error.Message}); check the path and its rights", error);
        }
    }

    /// <summary>Reads a whole recipe.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="RecipeException">It is no such YAML, or its root has no keys.</exception>
    public static RecipeMap ReadMap(string yaml, string name)
        => Read(yaml, name, mark => RecipePlace.InFile($"{name}: line {mark.Line}")) is RecipeMap map ? map : throw new RecipeException($"{name}: holds no keys; a recipe is made of lines like \"batch_size: 8\"");

    /// <summary>Reads the value of a setting.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="place">What messages begin with.</param>
    /// <exception cref="RecipeException">It is no such YAML.</exception>
    public static RecipeNode ReadValue(string yaml, RecipePlace place) => Read(yaml, place.Text, _ => place);

    private static RecipeNode Read(string yaml, string name, Func<Mark, RecipePlace> place)
    {
        if (yaml.Length > MostBytes)
        {
            throw new RecipeException($"{name}: is longer than the {MostBytes} characters that a recipe has at most");
        }

        try
        {
            var parser = new Parser(new StringReader(yaml));
            parser.Consume<StreamStart>();
            if (!parser.TryConsume<DocumentStart>(out _))
            {
                return new RecipeScalar(place(Mark.Empty), "", false);
            }

            var root = Node(parser, place, 0);
            parser.Consume<DocumentEnd>();
            return parser.Current is StreamEnd || (parser.TryConsume<StreamEnd>(out _)) ? root
                : throw new RecipeException($"{place(parser.Current!.Start)}: a second document begins here; a recipe is one");
        }
        catch (YamlException error)
        {
            throw new RecipeException($"{place(error.Start)}: is no valid YAML ({Quotation.Line(error.InnerException?.Message ?? error.Message)})", error);
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or FormatException or OverflowException or IndexOutOfRangeException)
        {
            // The package meets some broken texts with exceptions of its own making.
            throw new RecipeException($"{name}: is no valid YAML ({error.Message})", error);
        }
    }

    private static RecipeNode Node(Parser parser, Func<Mark, RecipePlace> place, int depth)
    {
        var at = place(parser.Current!.Start);
        if (depth > DeepestNesting)
        {
            throw new RecipeException($"{at}: more than {DeepestNesting} levels of lists and keys; a recipe has no use for them");
        }

        if (parser.Current is AnchorAlias or NodeEvent { Anchor.IsEmpty: false })
        {
            throw new RecipeException($"{at}: anchors (&, *) aren't taken in a recipe; write the value out");
        }

        if (parser.Current is NodeEvent { Tag: { IsEmpty: false, IsNonSpecific: false } })
        {
            throw new RecipeException($"{at}: tags (!) aren't taken in a recipe; write the value alone");
        }

        if (parser.TryConsume<Scalar>(out var scalar))
        {
            return new RecipeScalar(at, scalar.Value, scalar.Style != ScalarStyle.Plain);
        }

        if (parser.TryConsume<SequenceStart>(out _))
        {
            var list = new RecipeList(at, []);
            while (!parser.TryConsume<SequenceEnd>(out _))
            {
                list.Items.Add(Node(parser, place, depth + 1));
            }

            return list;
        }

        parser.Consume<MappingStart>();
        var map = new RecipeMap(at, []);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var key = Node(parser, place, depth + 1) as RecipeScalar ?? throw new RecipeException($"{at}: a list or keys stand where a single key was expected");
            if (map.Find(key.Text) is not null)
            {
                throw new RecipeException($"{key.Place}: '{Shown(key.Text)}' stands there twice; remove one");
            }

            var value = Node(parser, place, depth + 1);
            map.Entries.Add((key.Text, value));
        }

        return map;
    }

    /// <summary>A key for messages, without quotation marks.</summary>
    public static string Shown(string key) => Quotation.Of(key)[1..^1];
}
