using System.Globalization;
using BenchmarkDotNet.Running;
using Kinora.Benchmarks;

// checkpoint DIR TOKENIZER_DIR [DECODER_LAYERS]: writes a random checkpoint to measure loading and memory with.
// openblas [THREADS]: float products beside Debian's libopenblas0, in turn.
// training-data small|large DIR: writes a random Tarsier-shaped checkpoint of 10 or 100 million parameters and a batch.
// train DIR [STEPS] [THREADS]: times training steps on it.
// world-data RECIPE DIR [STEPS]: writes a new model and the samples of some steps of the recipe's last stage, for peers to learn from.
// world DIR [STEPS] [THREADS]: times these steps, the samples rendered as they are needed.
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

if (args is ["training-data", var size, var home])
{
    TrainingData.Write(size, home);
    return;
}

if (args is ["train", var model, .. var numbers])
{
    var given = numbers.Select(number => int.Parse(number, CultureInfo.InvariantCulture)).ToArray();
    TrainingSteps.Run(model, given is [var steps, ..] ? steps : 5, given is [_, var workers] ? workers : Environment.ProcessorCount);
    return;
}

if (args is ["world-data", var recipe, var place, .. var amount])
{
    await WorldData.WriteAsync(recipe, place, amount is [var wanted] ? int.Parse(wanted, CultureInfo.InvariantCulture) : 5);
    return;
}

if (args is ["world", var folder, .. var settings])
{
    var given = settings.Select(number => int.Parse(number, CultureInfo.InvariantCulture)).ToArray();
    await WorldSteps.RunAsync(folder, given is [var steps, ..] ? steps : 5, given is [_, var workers] ? workers : Environment.ProcessorCount);
    return;
}

BenchmarkSwitcher.FromAssembly(typeof(MatrixProducts).Assembly).Run(args);
