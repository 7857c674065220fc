using System.Diagnostics;
using System.Text;

namespace Kinora.Cli.Tests;

/// <summary>What a finished program said.</summary>
internal sealed record Outcome(int Exit, string Out, string Err)
{
    /// <summary>The only line on stderr; fails if there are more or none.</summary>
    public string ErrorLine => Assert.Single(Err.Split('\n', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Checks that the program ended with this code; the message shows all that it said.</summary>
    public Outcome Expect(int exit)
    {
        Assert.True(Exit == exit, $"expected exit {exit}, found {Exit}\nstdout: {Out}\nstderr: {Err}");
        Assert.DoesNotContain("   at ", Err, StringComparison.Ordinal); // a stack trace is never shown
        return this;
    }

    /// <summary>Checks for an error of one line that names all these parts.</summary>
    public void ExpectError(int exit, params string[] parts)
    {
        Expect(exit);
        Assert.StartsWith("kinora: ", ErrorLine, StringComparison.Ordinal);
        Assert.All(parts, part => Assert.Contains(part, ErrorLine, StringComparison.OrdinalIgnoreCase));
    }
}

/// <summary>The real program as a child process.</summary>
internal sealed class KinoraProcess : IDisposable
{
    // Only a program that hangs takes so long.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Process process;
    private readonly Task<string> output;
    private readonly Task errors;
    private readonly StringBuilder errorText = new();

    private KinoraProcess(Process process)
    {
        this.process = process;
        (output, errors) = (process.StandardOutput.ReadToEndAsync(), ReadErrorsAsync());
    }

    public int Id => process.Id;

    public StreamWriter Input => process.StandardInput;

    /// <summary>Runs it without input to its end.</summary>
    public static Outcome Run(params string[] arguments) => RunWith("", null, arguments);

    /// <summary>Runs it with what is typed or piped in, and with other values in its environment.</summary>
    public static Outcome RunWith(string input, IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        using var program = Start(environment, arguments);
        try
        {
            program.Input.Write(input);
            program.Input.Close();
        }
        catch (IOException)
        {
            // It ended without reading all of it.
        }

        return program.Wait();
    }

    /// <summary>Starts it; its input stays open.</summary>
    public static KinoraProcess Start(IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(Programs.Dotnet)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = new UTF8Encoding(false),
            StandardErrorEncoding = new UTF8Encoding(false),
            StandardInputEncoding = new UTF8Encoding(false),
            WorkingDirectory = Repository.Root,
        };
        start.ArgumentList.Add(Programs.Kinora);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return new KinoraProcess(Process.Start(start)!);
    }

    /// <summary>Waits for its end.</summary>
    public Outcome Wait()
    {
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"kinora {string.Join(' ', process.StartInfo.ArgumentList.Skip(1))} did not end within {Patience.TotalSeconds} s.");
        }

        return new Outcome(process.ExitCode, output.GetAwaiter().GetResult(), Errors());
    }

    /// <summary>Waits until this was said on stderr.</summary>
    public void WaitForError(string part)
        => Assert.True(SpinWait.SpinUntil(() => ErrorsSoFar().Contains(part, StringComparison.Ordinal), Patience), $"'{part}' was not said, only: {ErrorsSoFar()}");

    private string Errors()
    {
        errors.GetAwaiter().GetResult();
        return ErrorsSoFar();
    }

    private string ErrorsSoFar()
    {
        lock (errorText)
        {
            return errorText.ToString();
        }
    }

    private async Task ReadErrorsAsync()
    {
        var buffer = new char[4096];
        while (await process.StandardError.ReadAsync(buffer).ConfigureAwait(false) is > 0 and var count)
        {
            lock (errorText)
            {
                errorText.Append(buffer, 0, count);
            }
        }
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
        }

        process.Dispose();
    }
}
