using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Kinora.Training.Runs;

namespace Kinora.Training.Logging;

/// <summary>
/// A TensorBoard event file with scalars: TFRecords (length, masked CRC-32C of it, data, masked CRC-32C of that) of the protobuf message <c>Event</c> of TensorFlow's event.proto.
/// A file that begins after step 0 tells TensorBoard to forget later steps of earlier files. Not thread-safe.
/// </summary>
public sealed class TensorBoardWriter : IDisposable
{
    // Fields of Event, Summary, Summary.Value and SessionLog as protobuf tags: number * 8 + wire type (0 varint, 1 eight bytes, 2 length and bytes, 5 four bytes).
    private const byte WallTime = (1 * 8) + 1, StepField = 2 * 8, FileVersion = (3 * 8) + 2, SummaryField = (5 * 8) + 2, SessionLogField = (7 * 8) + 2;
    private const byte SummaryValue = (1 * 8) + 2, ValueTag = (1 * 8) + 2, SimpleValue = (2 * 8) + 5;
    private const byte SessionStatus = 1 * 8, SessionStart = 1;

    private readonly string path;
    private readonly FileStream file;
    private readonly TimeProvider time;
    private readonly ArrayBufferWriter<byte> message = new(), inner = new(), record = new();

    private TensorBoardWriter(string path, FileStream file, TimeProvider time) => (this.path, this.file, this.time) = (path, file, time);

    /// <summary>Begins an event file.</summary>
    /// <param name="folder">Where; made if it is missing.</param>
    /// <param name="step">Steps that were done before: 0 for a new run, the checkpoint's when it goes on.</param>
    /// <param name="time">The clock; null: the system's.</param>
    /// <exception cref="RunException">It can't be written.</exception>
    public static TensorBoardWriter Create(string folder, long step, TimeProvider? time = null)
    {
        time ??= TimeProvider.System;
        try
        {
            Directory.CreateDirectory(folder);

            // TensorBoard reads files in the order of their names; one that has begun before in the same millisecond is gone on after.
            for (var stamp = time.GetUtcNow().ToUnixTimeMilliseconds(); ; stamp++)
            {
                var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"events.out.tfevents.{stamp / 1000}.{stamp % 1000:000}.kinora"));
                if (!File.Exists(path))
                {
                    var writer = new TensorBoardWriter(path, new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0), time);
                    writer.Begin(step);
                    return writer;
                }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new RunException(folder, $"can't be written ({error.Message}); make room or give rights there, or set log.tensorboard to false", error);
        }
    }

    /// <summary>Adds the numbers of a step or a validation; other events have none.</summary>
    /// <exception cref="RunException">The disk is full, or something else failed.</exception>
    public void Write(LogEvent entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (entry.Kind is not (LogKind.Step or LogKind.Validation))
        {
            return;
        }

        Start(entry.Step);
        inner.ResetWrittenCount();
        var group = entry.Kind == LogKind.Step ? "train" : "validation";
        Scalar(group, "loss", entry.Loss);
        Scalar(group, "learning_rate", entry.LearningRate);
        Scalar(group, "grad_norm", entry.GradNorm);
        Scalar(group, "margin", entry.Margin);
        Scalar(group, "accuracy", entry.Accuracy);
        Scalar(group, "tokens_per_second", entry.TokensPerSecond);
        Scalar(group, "samples_per_second", entry.SamplesPerSecond);
        foreach (var (name, value) in entry.Parts ?? new Dictionary<string, double>())
        {
            Scalar(group, name, value);
        }

        if (inner.WrittenCount > 0)
        {
            Bytes(message, SummaryField, inner.WrittenSpan);
            Finish();
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => file.Dispose();

    private void Begin(long step)
    {
        Start(0);
        Bytes(message, FileVersion, "brain.Event:2"u8);
        Finish();
        if (step > 0)
        {
            Start(step + 1);
            Bytes(message, SessionLogField, [SessionStatus, SessionStart]);
            Finish();
        }
    }

    private void Start(long step)
    {
        message.ResetWrittenCount();
        message.Write([WallTime]);
        BinaryPrimitives.WriteDoubleLittleEndian(message.GetSpan(sizeof(double)), time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0);
        message.Advance(sizeof(double));
        message.Write([StepField]);
        Varint(message, (ulong)step);
    }

    private void Scalar(string group, string name, double? value)
    {
        if (value is not { } number)
        {
            return;
        }

        Span<byte> bytes = stackalloc byte[256];
        var at = 0;
        bytes[at++] = ValueTag;
        var tag = Encoding.UTF8.GetBytes($"{group}/{name}", bytes[(at + 1)..]);
        bytes[at++] = (byte)tag;
        at += tag;
        bytes[at++] = SimpleValue;
        BinaryPrimitives.WriteSingleLittleEndian(bytes[at..], (float)number);
        Bytes(inner, SummaryValue, bytes[..(at + sizeof(float))]);
    }

    private void Finish()
    {
        record.ResetWrittenCount();
        TensorFlowRecord.Write(record, message.WrittenSpan);
        try
        {
            file.Write(record.WrittenSpan);
            file.Flush();
        }
        catch (IOException error)
        {
            throw new RunException(path, $"can't be written ({error.Message}); make room there, or set log.tensorboard to false", error);
        }
    }

    private static void Bytes(ArrayBufferWriter<byte> to, byte tag, ReadOnlySpan<byte> bytes)
    {
        to.Write([tag]);
        Varint(to, (ulong)bytes.Length);
        to.Write(bytes);
    }

    private static void Varint(ArrayBufferWriter<byte> to, ulong value)
    {
        for (; value > 0x7F; value >>= 7)
        {
            to.Write([(byte)(value | 0x80)]);
        }

        to.Write([(byte)value]);
    }
}
