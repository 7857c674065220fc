using System.ComponentModel;
using System.Diagnostics;

namespace Kinora.Media;

/// <summary>
/// Runs ffmpeg or ffprobe on a stranger's file: no shell, no input but what is given, limits of time, memory and output, and nothing of it left when
/// the call returns. If this program is killed, ffmpeg ends when it delivers its next picture into the closed pipe (it ignores the
/// signal for that), or by its limit of processor time.
/// </summary>
internal static class LimitedProcess
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>Runs a program to its end.</summary>
    /// <param name="path">The media file, for messages.</param>
    /// <param name="program">Path of the program.</param>
    /// <param name="arguments">Its arguments, each passed as it stands.</param>
    /// <param name="limits">The limits.</param>
    /// <param name="output">Reads standard output to its end.</param>
    /// <param name="message">Gets every line of standard error.</param>
    /// <param name="cancellationToken">Ends the program.</param>
    /// <param name="input">Writes standard input, which is closed behind it; null: there is none. A program that ends before it has read everything is no error of the writer.</param>
    /// <returns>The exit code; 128 + n if signal n ended it.</returns>
    /// <exception cref="MediaException">A limit was reached.</exception>
    /// <exception cref="ToolMissingException">The program could not be started.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the program has been ended.</exception>
    public static async Task<int> RunAsync(
        string path,
        string program,
        IReadOnlyList<string> arguments,
        MediaLimits limits,
        Func<Stream, CancellationToken, Task> output,
        LineHandler message,
        CancellationToken cancellationToken,
        Func<Stream, CancellationToken, Task>? input = null)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var process = Start(program, arguments, limits);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(limits.WallClock);
        using var onDeadline = deadline.Token.Register(static state => ProcessGroup.Kill((Process)state!), process);
        var streams = Task.WhenAll(
            EndOnFailure(FeedAsync(process, input, deadline.Token), process),
            EndOnFailure(output(process.StandardOutput.BaseStream, deadline.Token), process),
            EndOnFailure(LineReader.ReadAsync(process.StandardError.BaseStream, limits.MaxLogBytes, message, deadline.Token), process));
        try
        {
            await streams.WaitAsync(deadline.Token).ConfigureAwait(false);
            await process.WaitForExitAsync(deadline.Token).ConfigureAwait(false);
            return process.ExitCode;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && deadline.IsCancellationRequested)
        {
            throw new MediaException(path, $"{(input is null ? "reading" : "writing")} it took longer than {limits.WallClock.TotalSeconds:0.###} s and was stopped; {(input is null ? "cut the file" : "make it shorter")} {MediaLimits.Place(nameof(MediaLimits.WallClock))}.");
        }
        catch (ByteBudgetException error)
        {
            throw new MediaException(path, $"the decoder sent more than the allowed amount of data and was stopped; cut the file {MediaLimits.Place(nameof(MediaLimits.MaxDecodedBytes) + " or " + nameof(MediaLimits.MaxLogBytes))}.", error);
        }
        catch (IOException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        finally
        {
            await EndAsync(process, streams).ConfigureAwait(false);
        }
    }

    private static Process Start(string program, IReadOnlyList<string> arguments, MediaLimits limits)
    {
        string[] line = [.. ToolPaths.Prefix(limits), program, .. arguments];
        var start = new ProcessStartInfo(line[0])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in line.Skip(1))
        {
            start.ArgumentList.Add(argument);
        }

        // ffmpeg would write a report file, or read settings from elsewhere, if the user's environment says so.
        start.Environment.Remove("FFREPORT");
        start.Environment.Remove("FFMPEG_DATADIR");
        start.Environment["AV_LOG_FORCE_NOCOLOR"] = "1";

        // glibc reserves 64 MiB of addresses for each of many threads: that would use up the limit of memory without using memory.
        start.Environment["MALLOC_ARENA_MAX"] = "2";
        start.Environment["LC_ALL"] = "C";
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception error)
        {
            throw new ToolMissingException(program, error);
        }
    }

    private static async Task FeedAsync(Process process, Func<Stream, CancellationToken, Task>? input, CancellationToken cancellationToken)
    {
        try
        {
            if (input is not null)
            {
                await input(process.StandardInput.BaseStream, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (IOException)
        {
            // It has closed its end: its exit code and its messages say why.
        }
        finally
        {
            Close(process);
        }
    }

    private static void Close(Process process)
    {
        try
        {
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // What was left to be written has no reader any more.
        }
    }

    // Without this the other pipe would be waited for while the child goes on.
    private static async Task EndOnFailure(Task reading, Process process)
    {
        try
        {
            await reading.ConfigureAwait(false);
        }
        catch
        {
            ProcessGroup.Kill(process);
            throw;
        }
    }

    private static async Task EndAsync(Process process, Task streams)
    {
        if (!process.HasExited)
        {
            ProcessGroup.Kill(process);
        }

        try
        {
            // A grandchild that left the group may hold a pipe open: then the pipe is given up, not waited for.
            await streams.WaitAsync(Grace).ConfigureAwait(false);
            await process.WaitForExitAsync().WaitAsync(Grace).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or TimeoutException or IOException or ByteBudgetException or ObjectDisposedException or MediaException)
        {
            // The reason has already been thrown.
        }
    }
}
