using System.Buffers.Binary;
using System.Text;
using Kinora.Training.Logging;

namespace Kinora.Training.Tests.Logging;

public sealed class TensorBoardWriterTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void Checksums_are_those_of_rfc_3720()
    {
        Assert.Equal(0xE3069283u, TensorFlowRecord.Crc32C("123456789"u8));
        Assert.Equal(0x8A9136AAu, TensorFlowRecord.Crc32C(new byte[32]));
        Assert.Equal(0x62A8AB43u, TensorFlowRecord.Crc32C(Enumerable.Repeat((byte)0xFF, 32).ToArray()));
        Assert.Equal(0x46DD794Eu, TensorFlowRecord.Crc32C([.. Enumerable.Range(0, 32).Select(i => (byte)i)]));
        Assert.Equal(0u, TensorFlowRecord.Crc32C([]));
        Assert.Equal(0xa282ead8u, TensorFlowRecord.Masked([]));
    }

    [Fact]
    public void Every_number_of_a_step_is_a_scalar()
    {
        using (var writer = TensorBoardWriter.Create(directory.Path, 0))
        {
            writer.Write(new(LogKind.Step, 1) { Loss = 2.5, LearningRate = 1e-5, GradNorm = double.NaN, TokensPerSecond = 300, SamplesPerSecond = 2 });
            writer.Write(new(LogKind.Saved, 200));
            writer.Write(new(LogKind.Validation, 300) { Loss = 0.5, Accuracy = 1, Margin = -1 });
        }

        var events = Read(Assert.Single(Directory.GetFiles(directory.Path)));
        Assert.Equal(3, events.Count);
        Assert.Equal(("brain.Event:2", 0L), (events[0].Version, events[0].Step));
        Assert.Equal(1, events[1].Step);
        Assert.Equal([("train/loss", 2.5f), ("train/learning_rate", 1e-5f), ("train/grad_norm", float.NaN), ("train/tokens_per_second", 300), ("train/samples_per_second", 2)], events[1].Scalars);
        Assert.Equal(300, events[2].Step);
        Assert.Equal([("validation/loss", 0.5f), ("validation/margin", -1), ("validation/accuracy", 1)], events[2].Scalars);
        Assert.All(events, entry => Assert.InRange(entry.Time, DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 600, DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 600));
    }

    [Fact]
    public void A_resumed_run_begins_a_later_file_that_drops_later_steps()
    {
        var clock = new StoppedClock();
        TensorBoardWriter.Create(directory.Path, 0, clock).Dispose();
        TensorBoardWriter.Create(directory.Path, 500, clock).Dispose();
        var files = Directory.GetFiles(directory.Path).Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(["events.out.tfevents.1700000000.999.kinora", "events.out.tfevents.1700000001.000.kinora"], files.Select(Path.GetFileName));
        Assert.Equal([null, 501], [Read(files[0])[^1].Session, Read(files[1])[^1].Session]);
    }

    private sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(1700000000999);
    }

    private sealed record ReadEvent(double Time, long Step, string? Version, long? Session, List<(string, float)> Scalars);

    /// <summary>Reads a file by the formats' descriptions, without anything of the writer.</summary>
    private static List<ReadEvent> Read(string path)
    {
        var events = new List<ReadEvent>();
        ReadOnlySpan<byte> bytes = File.ReadAllBytes(path);
        while (!bytes.IsEmpty)
        {
            var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            Assert.Equal(SlowMasked(bytes[..8]), BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]));
            var data = bytes.Slice(12, length);
            Assert.Equal(SlowMasked(data), BinaryPrimitives.ReadUInt32LittleEndian(bytes[(12 + length)..]));
            bytes = bytes[(16 + length)..];
            var fields = Fields(data);
            var scalars = new List<(string, float)>();
            foreach (var summary in fields.Where(field => field.Number == 5))
            {
                foreach (var value in Fields(summary.Bytes))
                {
                    var parts = Fields(value.Bytes);
                    scalars.Add((Encoding.UTF8.GetString(parts.Single(part => part.Number == 1).Bytes), BinaryPrimitives.ReadSingleLittleEndian(parts.Single(part => part.Number == 2).Bytes)));
                }
            }

            var step = (long)fields.Single(field => field.Number == 2).Varint;
            var session = fields.Where(field => field.Number == 7).ToArray();
            Assert.All(session, log => Assert.Equal(1ul, Assert.Single(Fields(log.Bytes)).Varint));
            events.Add(new(
                BinaryPrimitives.ReadDoubleLittleEndian(fields.Single(field => field.Number == 1).Bytes), step,
                fields.Where(field => field.Number == 3).Select(field => Encoding.UTF8.GetString(field.Bytes)).SingleOrDefault(), session.Length > 0 ? step : null, scalars));
        }

        return events;
    }

    private static List<(int Number, ulong Varint, byte[] Bytes)> Fields(ReadOnlySpan<byte> data)
    {
        var fields = new List<(int, ulong, byte[])>();
        while (!data.IsEmpty)
        {
            var tag = Varint(ref data);
            var number = (int)(tag >> 3);
            if ((tag & 7) == 0)
            {
                fields.Add((number, Varint(ref data), []));
                continue;
            }

            var length = (tag & 7) switch { 1 => 8, 5 => 4, 2 => (int)Varint(ref data), _ => throw new InvalidDataException() };
            fields.Add((number, 0, data[..length].ToArray()));
            data = data[length..];
        }

        return fields;
    }

    private static ulong Varint(ref ReadOnlySpan<byte> data)
    {
        var (value, shift) = (0ul, 0);
        while (true)
        {
            var next = data[0];
            data = data[1..];
            value |= (ulong)(next & 0x7F) << shift;
            shift += 7;
            if (next < 0x80)
            {
                return value;
            }
        }
    }

    private static uint SlowMasked(ReadOnlySpan<byte> data)
    {
        var sum = 0xFFFFFFFFu;
        foreach (var value in data)
        {
            sum ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                sum = (sum & 1) != 0 ? (sum >> 1) ^ 0x82F63B78u : sum >> 1;
            }
        }

        sum = ~sum;
        return ((sum >> 15) | (sum << 17)) + 0xa282ead8u;
    }
}
