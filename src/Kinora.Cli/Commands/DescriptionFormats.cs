namespace Kinora.Cli.Commands;

/// <summary>Names of the formats.</summary>
internal static class DescriptionFormats
{
    public static DescriptionFormat Parse(string text)
        => Enum.GetNames<DescriptionFormat>().FirstOrDefault(name => name.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } name
            ? Enum.Parse<DescriptionFormat>(name)
            : throw new ArgumentException($"'{text}' is no format; choose text, json, jsonl, srt or vtt.");
}
