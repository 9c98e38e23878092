using System.Buffers.Binary;
using Beamtalk.Cli.Building;
using Beamtalk.Compiler.Backend;

namespace Beamtalk.Cli.Compiling;

/// <summary>
/// Speaks to an Erlang port: frames of <c>{packet, 4}</c> with `{Id, Request}`, answered by `{Id, Reply}` in any order.
/// What a request must see of those before it, its handler takes before it returns the work.
/// </summary>
public sealed class PortServer(Stream input, Stream output, Func<ErlangTerm, Func<ErlangTerm>> handle)
{
    private readonly SemaphoreSlim _workers = new(Environment.ProcessorCount);
    private readonly Lock _writing = new();

    /// <summary>Serves until the port is closed.</summary>
    public async Task RunAsync()
    {
        byte[] header = new byte[4];
        while (await input.ReadAtLeastAsync(header, 4, throwOnEndOfStream: false).ConfigureAwait(false) == 4)
        {
            byte[] body = new byte[BinaryPrimitives.ReadInt32BigEndian(header)];
            await input.ReadExactlyAsync(body).ConfigureAwait(false);
            Accept(TermReader.Read(body));
        }
    }

    private void Accept(ErlangTerm message)
    {
        if (message.AsElements() is not [var id, var request])
        {
            throw new FormatException($"unexpected message {message}");
        }

        Func<ErlangTerm> work = Prepared(request);
        _ = Task.Run(async () =>
        {
            await _workers.WaitAsync().ConfigureAwait(false);
            try
            {
                Write(ErlangTerm.Tuple(id, Toolchain.OnLargeStack(() => Guarded(work))));
            }
            finally
            {
                _workers.Release();
            }
        });
    }

    private Func<ErlangTerm> Prepared(ErlangTerm request)
    {
        try
        {
            return handle(request);
        }
        catch (Exception fault)
        {
            return () => throw fault;
        }
    }

    /// <summary>A fault in one request is its reply; the others go on.</summary>
    private static ErlangTerm Guarded(Func<ErlangTerm> work)
    {
        try
        {
            return work();
        }
        catch (Exception fault)
        {
            return ErlangTerm.Tuple(ErlangTerm.Atom("fault"), ErlangTerm.Text(fault.Message));
        }
    }

    private void Write(ErlangTerm reply)
    {
        byte[] body = TermWriter.ToBytes(reply);
        byte[] frame = new byte[4 + body.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, body.Length);
        body.CopyTo(frame, 4);
        lock (_writing)
        {
            output.Write(frame);
            output.Flush();
        }
    }
}
