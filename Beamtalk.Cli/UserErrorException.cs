namespace Beamtalk.Cli;

/// <summary>Something the user can put right: printed as one line, exit status 2.</summary>
public sealed class UserErrorException(string message) : Exception(message);
