using System.Text.Json;
using Kinora.Models;
using Kinora.Models.Checkpoints;
using Kinora.Tensors;
using Kinora.Training.Optimization;

namespace Kinora.Training.Trainers;

/// <summary>All that a run needs to go on as if it had never stopped, beside the parameters.</summary>
public sealed record TrainingState
{
    private const string StateFile = "state.json";
    private const string TensorFile = "state.safetensors";

    /// <summary>Optimiser steps done.</summary>
    public long Step { get; init; }

    /// <summary>The number of the next sample in the order of the data: order, dropout and all else that is random follow from it and the seed.</summary>
    public long NextSample { get; init; }

    /// <summary>Positions seen.</summary>
    public long Tokens { get; init; }

    /// <summary>Samples learned from.</summary>
    public long Samples { get; init; }

    /// <summary>The best judgement so far, and the step it was made at.</summary>
    public double? BestLoss { get; init; }

    /// <summary>See <see cref="BestLoss"/>.</summary>
    public long? BestStep { get; init; }

    /// <summary>Seconds spent.</summary>
    public double Seconds { get; init; }

    /// <summary>Writes state and parameters into a checkpoint's directory.</summary>
    /// <exception cref="IOException">The files can't be written.</exception>
    public void Save(string directory, ParameterStore store)
    {
        SafetensorsWriter.Write(Path.Combine(directory, TensorFile), store.Parameters.SelectMany(Kept));
        var steps = store.Parameters.ToDictionary(parameter => parameter.Settings.Name, parameter => parameter.Steps);
        File.WriteAllText(Path.Combine(directory, StateFile), JsonSerializer.Serialize(new Stored(this, steps)));
    }

    /// <summary>Reads state and parameters from a checkpoint's directory.</summary>
    /// <exception cref="TrainingException">The files are damaged, or of other parameters.</exception>
    public static TrainingState Load(string directory, ParameterStore store)
    {
        try
        {
            var stored = JsonSerializer.Deserialize<Stored>(File.ReadAllText(Path.Combine(directory, StateFile))) ?? throw new JsonException("it is null");
            using var file = SafetensorsFile.Open(Path.Combine(directory, TensorFile));
            foreach (var parameter in store.Parameters)
            {
                foreach (var (name, tensor) in Kept(parameter))
                {
                    Read(file, name, tensor);
                }

                parameter.Steps = stored.Steps[parameter.Settings.Name];
            }

            return stored.State;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException or CheckpointException or KeyNotFoundException or ArgumentException)
        {
            throw new TrainingException($"The checkpoint {Quotation.Of(directory)} can't be read ({error.Message}); it is damaged or of another recipe.", error);
        }
    }

    /// <summary>What of a parameter a checkpoint holds; Muon has no second moments.</summary>
    private static IEnumerable<(string Name, Tensor Tensor)> Kept(Parameter parameter)
    {
        var name = parameter.Settings.Name;
        yield return ($"{name}/value", parameter.Weights);
        yield return ($"{name}/first_moment", parameter.FirstMoments);
        if (parameter.Settings.Optimizer == OptimizerKind.AdamW)
        {
            yield return ($"{name}/second_moment", parameter.SecondMoments);
        }
    }

    private static void Read(SafetensorsFile file, string name, Tensor target)
    {
        var values = file.ReadFloats(name);
        if (values.Length != target.Shape.Count)
        {
            throw new ArgumentException($"'{name}' has {values.Length} values, the model {target.Shape.Count}");
        }

        values.CopyTo(target.AsSpan());
    }

    private sealed record Stored(TrainingState State, IReadOnlyDictionary<string, long> Steps);
}
