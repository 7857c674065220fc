using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Kinora.Tests;

/// <summary>
/// Feeds mutants of sound files to a parser: a fixed number from fixed seeds, or under <c>./test --fuzz</c> as many as fit a time,
/// from seeds that are printed. Every mutant has a seed of its own, so that one alone can be repeated.
/// </summary>
internal static class Fuzz
{
    /// <summary>The trait by which <c>./test --fuzz</c> finds its tests.</summary>
    public const string Trait = "Fuzz";

    // Sound files have some kilobytes; what a mutant of them makes of that must stay in bounds.
    private const long MostBytes = 1L << 29;
    private static readonly TimeSpan longest = TimeSpan.FromSeconds(30);

    private static readonly double seconds = double.Parse(Environment.GetEnvironmentVariable("KINORA_FUZZ_SECONDS") ?? "0", CultureInfo.InvariantCulture);
    private static readonly int firstSeed = int.Parse(Environment.GetEnvironmentVariable("KINORA_FUZZ_SEED") ?? "0", CultureInfo.InvariantCulture);

    /// <summary>Takes mutants one after the other.</summary>
    /// <param name="format">What is damaged, for messages.</param>
    /// <param name="mutants">How many without <c>--fuzz</c>.</param>
    /// <param name="take">Makes a mutant and takes it.</param>
    /// <param name="isTyped">Whether an exception is one that users are to see.</param>
    public static void Run(string format, int mutants, Action<Random> take, Func<Exception, bool> isTyped)
    {
        var (taken, refused, clock) = (0, 0, Stopwatch.StartNew());
        var stop = TestContext.Current.CancellationToken;
        while (!stop.IsCancellationRequested && (seconds > 0 ? clock.Elapsed.TotalSeconds < seconds : taken + refused < mutants))
        {
            var seed = unchecked(firstSeed + taken + refused);
            var (before, began) = (GC.GetAllocatedBytesForCurrentThread(), clock.Elapsed);
            try
            {
                // Neighbouring seeds begin alike: the number is spread first.
                take(new Random(unchecked(seed * (int)2654435761)));
                taken++;
            }
            catch (Exception error) when (isTyped(error))
            {
                refused++;
                Check(error.Message is { Length: > 0 and < 4000 } && !error.Message.Any(char.IsControl), seed, $"gave no clean line: {error.Message}");
            }
            catch (Exception error)
            {
                Check(false, seed, $"led to {error}");
            }

            Check(GC.GetAllocatedBytesForCurrentThread() - before < MostBytes, seed, "took too much memory");
            Check(clock.Elapsed - began < longest, seed, $"took longer than {longest.TotalSeconds} s");
        }

        if (seconds > 0)
        {
            Console.WriteLine($"  {format}: {taken + refused} mutants, {taken} taken, {refused} refused, seeds from {firstSeed}");
        }
        else
        {
            Assert.True(taken > 0 && refused >= mutants / 100, $"{format}: {taken} taken, {refused} refused: the mutations are too weak or too strong.");
        }

        void Check(bool holds, int seed, string what) => Assert.True(holds, $"The mutant of {format} with seed {seed} {what}\nRepeat it: ./test --fuzz 1s --seed {seed}");
    }

    /// <summary>Damages a text: three of four times values of its JSON, else bytes.</summary>
    public static byte[] Damage(string sound, Random random)
        => random.Next(4) == 0 ? Mutation.Of(Encoding.UTF8.GetBytes(sound), random) : Encoding.UTF8.GetBytes(JsonMutation.Of(sound, random));
}
