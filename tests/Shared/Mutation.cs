namespace Kinora.Tests;

/// <summary>Damages a file's bytes in one of the ways that transfers, bugs and attackers do.</summary>
internal static class Mutation
{
    public static byte[] Of(byte[] sound, Random random)
    {
        var bytes = sound.ToList();
        for (var rounds = random.Next(1, 4); rounds > 0 && bytes.Count > 0; rounds--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 9), bytes.Count - at));
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 9), bytes.Count - at)));
                    break;
                case 4:
                    // Structure characters and digits do more harm than noise.
                    bytes[at] = "{}[]\",:0123456789-e.\\ "u8[random.Next(22)];
                    break;
                default:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }
        }

        return [.. bytes];
    }
}
