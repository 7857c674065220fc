namespace Kinora.Cli.Commands;

/// <summary>What <c>--format</c> says.</summary>
internal enum DescriptionFormat
{
    Text,
    Json,
    Jsonl,
    Srt,
    Vtt,
}
