using Kinora.Cli;

return await KinoraCommand.RunAsync(args).ConfigureAwait(false);
