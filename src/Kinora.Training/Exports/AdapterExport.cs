using System.Text.Json;
using System.Text.RegularExpressions;
using Kinora.Models.Adapters;
using Kinora.Models.Checkpoints;
using Kinora.Tensors;
using Kinora.Training.Trainers;

namespace Kinora.Training.Exports;

/// <summary>Writes adapters in PEFT's layout, the whole model taken as what is wrapped.</summary>
public static class AdapterExport
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Whether an adapter can hold all that learned: low-rank updates and whole linear layers.</summary>
    public static bool HoldsAll(TrainableModel trainable)
    {
        var layers = trainable.Model.Weights.Layers;
        return trainable.Store.Parameters.All(parameter => IsUpdate(parameter.Settings.Name) || (layers.ContainsKey(LayerOf(parameter.Settings.Name)) && !IsOfDecoder(parameter.Settings.Name)));
    }

    /// <summary>Writes <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>.</summary>
    /// <param name="directory">An empty directory.</param>
    /// <param name="trainable">The model.</param>
    /// <param name="withLayers">Whether whole layers that learned are written along, as PEFT's <c>modules_to_save</c>.</param>
    /// <exception cref="CheckpointException">The files can't be written.</exception>
    public static void Write(string directory, TrainableModel trainable, bool withLayers)
    {
        var lora = trainable.Lora ?? throw new ArgumentException("The model has no adapters.", nameof(trainable));
        var tensors = trainable.Store.Parameters.Where(parameter => withLayers || IsUpdate(parameter.Settings.Name)).ToList();
        SafetensorsWriter.Write(Path.Combine(directory, "adapter_model.safetensors"), tensors.Select(parameter => (AdapterNames.ToPeft(parameter.Settings.Name), parameter.Weights)));
        var modules = tensors.Select(parameter => parameter.Settings.Name).Where(name => !IsUpdate(name)).Select(LayerOf).Distinct().ToList();
        File.WriteAllText(Path.Combine(directory, "adapter_config.json"), JsonSerializer.Serialize(
            new Dictionary<string, object?>
            {
                ["base_model_name_or_path"] = Path.GetFileName(Path.TrimEndingDirectorySeparator(trainable.Model.Checkpoint.Directory)),
                ["bias"] = "none",
                ["fan_in_fan_out"] = false,
                ["inference_mode"] = true,
                ["init_lora_weights"] = true,
                ["lora_alpha"] = lora.Alpha,
                ["lora_dropout"] = lora.Dropout,
                ["modules_to_save"] = modules.Count == 0 ? null : modules,
                ["peft_type"] = "LORA",
                ["r"] = lora.Rank,

                // A list would mean every layer that ends so, the vision tower's too; a text is a pattern of the whole name.
                ["target_modules"] = string.Join('|', trainable.Adapted.Select(layer => Regex.Escape(layer.Name))),
                ["task_type"] = "CAUSAL_LM",
                ["use_dora"] = false,
                ["use_rslora"] = false,
            },
            Indented) + "\n");
    }

    private static bool IsUpdate(string name) => name.Contains(".lora_", StringComparison.Ordinal);

    private static bool IsOfDecoder(string name) => name.StartsWith("language_model.", StringComparison.Ordinal);

    private static string LayerOf(string name) => name[..name.LastIndexOf('.')];
}
