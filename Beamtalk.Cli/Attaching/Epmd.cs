using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Beamtalk.Cli.Attaching;

/// <summary>Erlang's port mapper: it knows which nodes of a host are alive.</summary>
public static partial class Epmd
{
    private const int Port = 4369;
    private const byte NamesRequest = (byte)'n';
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>The names of the nodes that are registered at a host, without the host; none where there is no epmd.</summary>
    public static async Task<IReadOnlySet<string>> NamesAsync(string host)
    {
        using var timeout = new CancellationTokenSource(Patience);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(host, Port, timeout.Token).ConfigureAwait(false);
            NetworkStream stream = client.GetStream();
            await stream.WriteAsync(new byte[] { 0, 1, NamesRequest }, timeout.Token).ConfigureAwait(false);
            using var reader = new StreamReader(stream, Encoding.UTF8);
            string reply = await reader.ReadToEndAsync(timeout.Token).ConfigureAwait(false);
            return Name().Matches(reply).Select(match => match.Groups[1].Value).ToHashSet();
        }
        catch (Exception error) when (error is SocketException or IOException or OperationCanceledException)
        {
            return new HashSet<string>();
        }
    }

    /// <summary>The reply: the mapper's own port in four bytes, then a line for each node.</summary>
    [GeneratedRegex(@"name (\S+) at port \d+\n")]
    private static partial Regex Name();
}
