using System.Globalization;
using BenchmarkDotNet.Running;
using Kinora.Benchmarks;

// checkpoint DIR TOKENIZER_DIR [DECODER_LAYERS]: writes a random checkpoint to measure loading and memory with.
// openblas [THREADS]: float products beside Debian's libopenblas0, in turn.
// Anything else is BenchmarkDotNet's: --filter '*' --list flat ...
if (args is ["checkpoint", var directory, var tokenizer, .. var rest])
{
    RandomCheckpoint.Write(directory, tokenizer, rest is [var layers] ? int.Parse(layers, CultureInfo.InvariantCulture) : 16);
    return;
}

if (args is ["openblas", .. var count])
{
    OpenBlas.Race(count is [var threads] ? int.Parse(threads, CultureInfo.InvariantCulture) : Environment.ProcessorCount);
    return;
}

BenchmarkSwitcher.FromAssembly(typeof(MatrixProducts).Assembly).Run(args);
