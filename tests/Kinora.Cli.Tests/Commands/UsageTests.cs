namespace Kinora.Cli.Tests.Commands;

/// <summary>What was typed wrongly ends with exit code 2 and one line that says what to write.</summary>
public sealed class UsageTests
{
    [Theory]
    [InlineData("describe CLIP --frmes 3", "no option --frmes", "--frames")]
    [InlineData("describe --beem=3 CLIP", "no option --beem", "--beams")]
    [InlineData("describe CLIP --frames 0", "--frames 0", "1 to 4096")]
    [InlineData("describe CLIP --frames -3", "--frames -3", "1 to 4096")]
    [InlineData("describe CLIP --frames 1000000", "--frames 1000000", "1 to 4096")]
    [InlineData("describe CLIP --frames many", "--frames", "'many'", "whole number")]
    [InlineData("describe CLIP --frames 99999999999", "--frames", "'99999999999'")]
    [InlineData("describe CLIP --frames 3 --frames 4", "--frames", "2 were provided")]
    [InlineData("describe CLIP --frames", "--frames", "missing")]
    [InlineData("describe CLIP --frames-by nonsense", "--frames-by", "'nonsense'", "uniform, distinct, middles, segments, pllava, every:SECONDS or at:T,T,...")]
    [InlineData("describe CLIP --frames-by every:0", "'every:0'", "positive")]
    [InlineData("describe CLIP --frames-by every:", "'every:'")]
    [InlineData("describe CLIP --frames-by at:1,x", "'x'", "seconds")]
    [InlineData("describe CLIP --frames-by at:1 --start 0.5", "--frames-by at:1", "leave out --start")]
    [InlineData("describe CLIP --weights q3", "--weights", "'q3'", "as-stored, f32, bf16, q8_0, q4_0")]
    [InlineData("describe CLIP --start 2 --end 1", "--end 1", "--start 2", "later --end")]
    [InlineData("describe CLIP --end 0", "--end 0", "later --end")]
    [InlineData("describe CLIP --start soon", "--start", "'soon'", "hh:mm:ss")]
    [InlineData("describe CLIP --start -1", "--start", "'-1'", "hh:mm:ss")]
    [InlineData("describe CLIP --end 1:2:3:4", "--end", "'1:2:3:4'", "hh:mm:ss")]
    [InlineData("describe CLIP --temperature -1", "--temperature is -1", "expected 0")]
    [InlineData("describe CLIP --temperature hot", "--temperature", "'hot'", "no number")]
    [InlineData("describe CLIP --temperature NaN", "--temperature is NaN")]
    [InlineData("describe CLIP --temperature 1 --beams 2", "--temperature is 1", "2 beams")]
    [InlineData("describe CLIP --max-tokens 0", "--max-tokens is 0", "expected 1 to")]
    [InlineData("describe CLIP --top-p 2", "--top-p is 2")]
    [InlineData("describe CLIP --top-k -1", "--top-k is -1")]
    [InlineData("describe CLIP --beams 0", "--beams is 0")]
    [InlineData("describe CLIP --repetition-penalty 0", "--repetition-penalty is 0")]
    [InlineData("describe CLIP --length-penalty 99", "--length-penalty is 99")]
    [InlineData("describe CLIP --seed -1", "--seed", "'-1'")]
    [InlineData("describe CLIP --stop EMPTY", "--stop", "at least one character")]
    [InlineData("describe CLIP --prompt EMPTY", "--prompt is empty")]
    [InlineData("describe CLIP --format docx", "--format", "'docx'", "text, json, jsonl, srt or vtt")]
    [InlineData("describe CLIP --json --format srt", "--json", "--format srt", "one of them")]
    [InlineData("describe", "INPUT is missing")]
    [InlineData("describe EMPTY", "INPUT is an empty text")]
    [InlineData("describe CLIP -o EMPTY", "--output", "can't be empty")]
    [InlineData("describe CLIP --contact-sheet EMPTY", "--contact-sheet", "can't be empty")]
    [InlineData("describe CLIP --model EMPTY", "--model", "can't be empty")]
    [InlineData("frames CLIP -o EMPTY", "--output", "can't be empty")]
    [InlineData("inspect EMPTY", "MODEL is an empty text")]
    [InlineData("verify EMPTY", "DIR is an empty text")]
    [InlineData("frames", "INPUT is missing")]
    [InlineData("frames CLIP another", "'another'", "too many")]
    [InlineData("frames CLIP --frames 0", "--frames 0")]
    [InlineData("verify", "DIR is missing")]
    [InlineData("chat --stop x", "--stop", "no place in a chat")]
    [InlineData("tokenize --typd", "no option --typd", "--typed")]
    [InlineData("inspect --weigths f32", "no option --weigths", "--weights")]
    [InlineData("descrbe CLIP", "no command 'descrbe'", "describe", "kinora --help")]
    [InlineData("frobnicate --json", "no command 'frobnicate'")]
    [InlineData("--frobnicate", "no option --frobnicate")]
    [InlineData("doctor now", "'now'", "too many")]
    public void Usage_errors_are_one_line(string line, params string[] parts)
    {
        var arguments = line.Split(' ').Select(word => word switch { "CLIP" => Repository.Clip(0), "EMPTY" => "", _ => word });
        var outcome = KinoraProcess.Run([.. arguments]);
        outcome.ExpectError(2, parts);
        Assert.Empty(outcome.Out);
    }
}
