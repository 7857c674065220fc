using System.Text;
using Kinora.Models.Tokenization;
using Kinora.Training.Data;

namespace Kinora.Training.Conversations;

/// <summary>
/// PLLaVA's published packing and masking, with its settings of the published runs: a conversation becomes one text, the text is cut at the role names, each part is tokenised by
/// itself, and the parts behind the assistant's name are learned. One placeholder stands for the whole video.
/// </summary>
/// <remarks>
/// Consequences that are kept: a role name inside a question or an answer cuts it, and what follows the user's is not learned; a tokenizer that puts blanks before texts does so at
/// every part; the cut at the longest length may take the end mark off.
/// </remarks>
public static class PllavaPacking
{
    private const string Placeholder = "<image>";
    private const string VideoMarks = "<Video></Video>";
    private const string PictureMarks = "<Image></Image>";

    /// <summary>The text of a conversation.</summary>
    /// <param name="template">How it is written.</param>
    /// <param name="instruction">The record's instruction; null or empty: none.</param>
    /// <param name="turns">Questions and answers; a question may be empty.</param>
    /// <param name="video">Whether it is about a video.</param>
    public static string Conversation(PllavaTemplate template, string? instruction, IReadOnlyList<TrainingTurn> turns, bool video = true)
    {
        ArgumentNullException.ThrowIfNull(template);
        ArgumentNullException.ThrowIfNull(turns);
        var text = new StringBuilder(template.System);
        var marks = video ? VideoMarks : PictureMarks;
        if (!string.IsNullOrEmpty(instruction))
        {
            text.Append(instruction).Append(template.UserEnd);
        }

        if (template.MediaAlone)
        {
            text.Append(template.UserRole).Append(marks).Append(template.UserEnd);
        }

        for (var turn = 0; turn < turns.Count; turn++)
        {
            var question = turn == 0 && !template.MediaAlone ? $"{marks}\n{turns[turn].Question}" : turns[turn].Question;
            if (question.Length > 0)
            {
                text.Append(template.UserRole).Append(question).Append(template.AssistantEnd);
            }

            text.Append(template.AssistantRole).Append(turns[turn].Answer).Append(template.AssistantEnd);
        }

        return text.ToString();
    }

    /// <summary>Cuts the text of a conversation at the role names, which are parts of their own. The first part, before any role, may be empty.</summary>
    public static IReadOnlyList<PllavaSegment> Segments(PllavaTemplate template, string conversation)
    {
        ArgumentNullException.ThrowIfNull(template);
        ArgumentNullException.ThrowIfNull(conversation);
        var text = conversation.Replace(VideoMarks, Placeholder, StringComparison.Ordinal).Replace(PictureMarks, Placeholder, StringComparison.Ordinal);
        var segments = new List<PllavaSegment>();
        var learns = false;
        foreach (var part in Split(text, template.UserRole).SelectMany(part => part == template.UserRole ? [part] : Split(part, template.AssistantRole)))
        {
            var isRole = part == template.UserRole || part == template.AssistantRole;
            learns = isRole ? part == template.AssistantRole : learns;
            if (part.Length > 0 || segments.Count == 0)
            {
                segments.Add(new PllavaSegment(part, learns && !isRole));
            }
        }

        return segments;
    }

    /// <summary>Ids and labels of the parts of a conversation; what a tokenizer puts before a text stands before the first part only.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="segments">The parts.</param>
    /// <param name="most">Ids that are kept, the placeholder counted as one; 512 in the published runs.</param>
    public static EncodedSample Encode(Tokenizer tokenizer, IReadOnlyList<PllavaSegment> segments, int most)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(segments);
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        var (ids, labels) = (new List<int>(), new List<int>());
        for (var i = 0; i < segments.Count; i++)
        {
            foreach (var id in tokenizer.Encode(segments[i].Text, addSpecialTokens: i == 0))
            {
                ids.Add(id);
                labels.Add(segments[i].IsLearned ? id : EncodedSample.Ignored);
            }
        }

        return new EncodedSample([.. ids.Take(most)], [.. labels.Take(most)], most < ids.Count);
    }

    /// <summary>The parts between the occurrences of a role name, and the names.</summary>
    private static IEnumerable<string> Split(string text, string role)
    {
        var parts = text.Split(role);
        for (var i = 0; i < parts.Length; i++)
        {
            if (i > 0)
            {
                yield return role;
            }

            yield return parts[i];
        }
    }
}
