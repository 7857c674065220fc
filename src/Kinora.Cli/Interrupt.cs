using System.Runtime.InteropServices;

namespace Kinora.Cli;

/// <summary>Ctrl-C and a polite kill: work is cancelled; if it has not stopped within a second, the process ends anyway.</summary>
internal sealed class Interrupt : IDisposable
{
    private readonly CancellationTokenSource source = new();
    private readonly PosixSignalRegistration[] registrations;

    public Interrupt() => registrations = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(signal => PosixSignalRegistration.Create(signal, Stop))];

    /// <summary>Whether work ends by itself once it is cancelled, as training does when its step is saved; only a second signal then ends the process.</summary>
    public static bool IsPatient { get; set; }

    public CancellationToken Token => source.Token;

    public void Dispose()
    {
        foreach (var registration in registrations)
        {
            registration.Dispose();
        }

        source.Dispose();
    }

    private void Stop(PosixSignalContext context)
    {
        const int MostMilliseconds = 900;
        context.Cancel = true;
        if (source.IsCancellationRequested)
        {
            Environment.Exit(ExitCode.Interrupted);
        }

        if (!IsPatient)
        {
            new Thread(() =>
            {
                Thread.Sleep(MostMilliseconds);
                Environment.Exit(ExitCode.Interrupted);
            })
            { IsBackground = true }.Start();
        }

        source.Cancel();
    }
}
