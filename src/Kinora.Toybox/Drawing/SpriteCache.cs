using System.Collections.Concurrent;
using Kinora.Toybox.World;

namespace Kinora.Toybox.Drawing;

/// <summary>Sprites that were drawn before. Thread-safe; what is full stays as it is, and pictures don't depend on what is in it.</summary>
/// <param name="most">How many are kept.</param>
internal sealed class SpriteCache(int most = SpriteCache.MostSprites)
{
    // About 20 kB each; the world needs some 1000.
    private const int MostSprites = 2048;

    private readonly ConcurrentDictionary<(ToyKind Kind, int Side, int Angle, bool IsMirrored), Sprite> sprites = new();
    private int count;

    /// <summary>A sprite, drawn if it must be.</summary>
    public Sprite Get(ToyKind kind, int side, int angle, bool isMirrored)
    {
        var key = (kind, side, angle, isMirrored);
        if (sprites.TryGetValue(key, out var known))
        {
            return known;
        }

        var sprite = Sprite.Draw(kind, side, angle, isMirrored);
        if (count < most && sprites.TryAdd(key, sprite))
        {
            Interlocked.Increment(ref count);
        }

        return sprite;
    }
}
