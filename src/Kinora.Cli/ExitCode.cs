namespace Kinora.Cli;

/// <summary>What the program's exit says.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int SomeFailed = 1;
    public const int Usage = 2;
    public const int CouldNotRun = 3;
    public const int Interrupted = 130;
}
