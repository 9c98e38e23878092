using Beamtalk.Cli;

return await CommandLine.InvokeAsync(args).ConfigureAwait(false);
