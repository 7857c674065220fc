using Kinora.Media;
using Kinora.Models.Checkpoints;
using Kinora.Models.Vision;

namespace Kinora.Models.Families;

/// <summary>The CLIP tower that LLaVA's original layout names by its id on the hub: its own settings and processor, and its weights where the checkpoint holds none.</summary>
/// <param name="Directory">Where it lies; null where only its sizes are known.</param>
/// <param name="Config">Its sizes.</param>
/// <param name="Processor">What prepares its pictures.</param>
internal sealed record SeparateTower(string? Directory, ClipConfig Config, ClipImageProcessor Processor)
{
    private const string Key = "mm_vision_tower";

    // The towers that published checkpoints name; their sizes are those of the configuration classes.
    private static readonly Dictionary<string, int> sides = new() { ["openai/clip-vit-large-patch14-336"] = 336, ["openai/clip-vit-large-patch14"] = 224 };

    /// <summary>Finds the tower that a configuration names: as a directory, in the folder <c>tower</c> in or beside the checkpoint, beside the checkpoint under its own name, or in the hub's cache.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="needed">Whether its weights are needed.</param>
    /// <exception cref="CheckpointException">It is needed, or its sizes are, and it is nowhere.</exception>
    public static SeparateTower Find(Checkpoint checkpoint, bool needed)
    {
        var id = checkpoint.Config.String(Key);
        var beside = Path.GetDirectoryName(Path.GetFullPath(Path.TrimEndingDirectorySeparator(checkpoint.Directory))) ?? checkpoint.Directory;
        var cache = HubCache.OfEnvironment();
        string[] candidates = [Path.Combine(checkpoint.Directory, "tower"), Path.Combine(beside, id.Split('/')[^1]), Path.Combine(beside, "tower")];
        var directory = (Path.IsPathRooted(id) ? [id] : candidates).FirstOrDefault(candidate => File.Exists(Path.Combine(candidate, "config.json"))) ?? cache.Find(id);
        if (directory is not null)
        {
            var config = ConfigReader.Load(Path.Combine(directory, "config.json"));
            return new(directory, ClipConfig.Read(config.Has("vision_config") ? config.Section("vision_config") : config), ClipImageProcessor.Load(Path.Combine(directory, "preprocessor_config.json")));
        }

        return !needed && sides.TryGetValue(id, out var side)
            ? new(null, new ClipConfig { ImageSize = side }, new ClipImageProcessor(new() { ShortestEdge = side, CropSize = (side, side) }))
            : throw checkpoint.Config.Unusable(Key, $"a CLIP tower that is there: put it into {candidates[0]} or {candidates[1]}, or into the hub's cache in {cache.Directory}");
    }
}
