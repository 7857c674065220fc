using System.Runtime.InteropServices;

namespace Kinora.Tensors.Measuring;

/// <summary>What the processor calls itself.</summary>
public static class ProcessorName
{
    /// <summary>The name that Linux tells; elsewhere the architecture.</summary>
    public static string Find()
    {
        const string List = "/proc/cpuinfo";
        var line = File.Exists(List) ? File.ReadLines(List).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line is null ? RuntimeInformation.ProcessArchitecture.ToString() : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }
}
