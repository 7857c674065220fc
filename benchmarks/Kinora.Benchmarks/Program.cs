using System.Globalization;
using BenchmarkDotNet.Running;
using Kinora.Benchmarks;

// checkpoint DIR TOKENIZER_DIR [DECODER_LAYERS]: writes a random checkpoint to measure loading and memory with.
// Anything else is BenchmarkDotNet's: --filter '*' --list flat ...
if (args is ["checkpoint", var directory, var tokenizer, .. var rest])
{
    RandomCheckpoint.Write(directory, tokenizer, rest is [var layers] ? int.Parse(layers, CultureInfo.InvariantCulture) : 16);
    return;
}

BenchmarkSwitcher.FromAssembly(typeof(MatrixProducts).Assembly).Run(args);
