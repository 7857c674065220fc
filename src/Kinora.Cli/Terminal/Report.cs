using Kinora.Models;
using Spectre.Console;

namespace Kinora.Cli.Terminal;

/// <summary>Tables on stdout: drawn on a terminal, plain columns elsewhere.</summary>
internal static class Report
{
    /// <summary>Writes a table; headers that are all empty are left out.</summary>
    public static void Table(IReadOnlyList<string> headers, IEnumerable<IReadOnlyList<string>> rows)
    {
        var headed = headers.Any(header => header.Length > 0);
        var lines = rows.Select(row => row.Select(cell => Messages.Clean(cell)).ToList()).ToList();
        if (!Console.IsOutputRedirected)
        {
            var table = new Table { ShowHeaders = headed }.Border(TableBorder.Rounded);
            foreach (var header in headers)
            {
                table.AddColumn(new TableColumn(new Markup($"[bold]{Markup.Escape(header)}[/]")));
            }

            foreach (var line in lines)
            {
                table.AddRow([.. line.Select(Markup.Escape)]);
            }

            AnsiConsole.Write(table);
            return;
        }

        var widths = headers.Select((header, column) => Math.Max(header.Length, lines.Select(line => line[column].Length).DefaultIfEmpty().Max())).ToList();
        if (headed)
        {
            Write(headers);
        }

        lines.ForEach(Write);

        void Write(IReadOnlyList<string> line)
            => Console.Out.WriteLine(string.Join("  ", line.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }

    /// <summary>Bytes for people.</summary>
    public static string Bytes(long bytes) => ByteSize.Text(bytes);
}
