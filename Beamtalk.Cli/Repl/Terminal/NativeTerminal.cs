using System.Runtime.InteropServices;

namespace Beamtalk.Cli.Repl.Terminal;

/// <summary>The calls of the C library that a terminal needs.</summary>
internal static partial class NativeTerminal
{
    private const int Interrupted = 4;
    private const short Readable = 1;

    /// <summary>Larger than the structure of any system; only the library looks into it.</summary>
    public const int ModeSize = 256;

    private static nuint WindowSizeRequest => OperatingSystem.IsMacOS() ? 0x40087468u : 0x5413u;

    /// <summary>Columns and rows; zero where the system does not say.</summary>
    public static (int Width, int Height) Size()
    {
        // On Apple's ARM machines a variadic function takes its arguments elsewhere.
        if (OperatingSystem.IsMacOS() && RuntimeInformation.ProcessArchitecture == Architecture.Arm64)
        {
            return (Number("COLUMNS"), Number("LINES"));
        }

        Span<ushort> size = stackalloc ushort[4];
        return WindowSize(1, WindowSizeRequest, ref size[0]) == 0 ? (size[1], size[0]) : (0, 0);
    }

    /// <summary>Some bytes; none at the end. Waits for them.</summary>
    public static int Read(byte[] buffer)
    {
        while (true)
        {
            nint count = Read(0, ref buffer[0], (nuint)buffer.Length);
            if (count >= 0 || Marshal.GetLastPInvokeError() != Interrupted)
            {
                return (int)count;
            }
        }
    }

    /// <summary>Whether there is something to read, or will be before so many milliseconds are over.</summary>
    public static bool HasInput(int milliseconds)
    {
        var poll = new Descriptor { Number = 0, Wanted = Readable };
        return Poll(ref poll, 1, milliseconds) != 0;
    }

    private static int Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), out int number) ? number : 0;

    [StructLayout(LayoutKind.Sequential)]
    private struct Descriptor
    {
        public int Number;
        public short Wanted;
        public short Found;
    }

    [LibraryImport("libc", EntryPoint = "isatty")]
    public static partial int IsTerminal(int descriptor);

    [LibraryImport("libc", EntryPoint = "tcgetattr")]
    public static partial int GetMode(int descriptor, ref byte mode);

    [LibraryImport("libc", EntryPoint = "tcsetattr")]
    public static partial int SetMode(int descriptor, int when, ref byte mode);

    [LibraryImport("libc", EntryPoint = "cfmakeraw")]
    public static partial void MakeRaw(ref byte mode);

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int WindowSize(int descriptor, nuint request, ref ushort size);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(int descriptor, ref byte buffer, nuint size);

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll(ref Descriptor descriptor, nuint count, int milliseconds);
}

/// <summary>The mode in which a terminal sends each key and does nothing by itself; and the mode before, for the end.</summary>
internal sealed class RawMode
{
    private const int Now = 0;

    private readonly byte[] _before;
    private readonly byte[] _raw;

    private RawMode(byte[] before)
    {
        _before = before;
        _raw = [.. before];
        NativeTerminal.MakeRaw(ref _raw[0]);
    }

    public static RawMode Enter()
    {
        byte[] mode = new byte[NativeTerminal.ModeSize];
        _ = NativeTerminal.GetMode(0, ref mode[0]);
        var raw = new RawMode(mode);
        raw.Again();
        return raw;
    }

    public void Again() => _ = NativeTerminal.SetMode(0, Now, ref _raw[0]);

    public void Leave() => _ = NativeTerminal.SetMode(0, Now, ref _before[0]);
}
