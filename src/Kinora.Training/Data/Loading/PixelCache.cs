namespace Kinora.Training.Data.Loading;

/// <summary>
/// Keeps prepared pixels for the next epoch, as many as fit. What is in stays: samples come in shuffled passes, where throwing out the oldest would throw out what comes next as
/// often as not. Thread-safe.
/// </summary>
/// <param name="mostBytes">The most that is kept.</param>
internal sealed class PixelCache(long mostBytes) : IDisposable
{
    private readonly Dictionary<string, PreparedPixels> kept = [];
    private readonly Lock gate = new();
    private long bytes;

    public PreparedPixels? Find(string key)
    {
        lock (gate)
        {
            return kept.GetValueOrDefault(key);
        }
    }

    /// <summary>Takes the pixels over if they fit.</summary>
    /// <returns>What to use from now on; if two samples prepared the same clip at once, those of the first.</returns>
    public PreparedPixels Keep(string key, PreparedPixels pixels)
    {
        lock (gate)
        {
            if (kept.TryGetValue(key, out var earlier))
            {
                pixels.Input.Dispose();
                return earlier;
            }

            if (pixels.Input.Pixels.Bytes > mostBytes - bytes)
            {
                return pixels;
            }

            bytes += pixels.Input.Pixels.Bytes;
            return kept[key] = pixels with { IsKept = true };
        }
    }

    public void Dispose()
    {
        foreach (var pixels in kept.Values)
        {
            pixels.Input.Dispose();
        }

        kept.Clear();
    }
}
