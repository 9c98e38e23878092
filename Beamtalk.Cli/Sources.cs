using System.Collections.Immutable;
using System.Text;
using Beamtalk.Compiler.Diagnostics;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Cli;

/// <summary>The sources of one compilation, and what was wrong with files that could not be read as text.</summary>
public sealed record SourceSet(ImmutableArray<SourceText> Sources, ImmutableArray<Diagnostic> Diagnostics);

/// <summary>A file as it was read.</summary>
public sealed record SourceFile(string Path, byte[] Content);

/// <summary>Finds and reads <c>.bt</c> files.</summary>
public static class Sources
{
    public const string Extension = ".bt";

    private static readonly UTF8Encoding Encoder = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>
    /// The files named by the paths, directories searched through; build output and hidden directories are left out.
    /// The order is that of the paths, within a directory that of the names.
    /// </summary>
    public static ImmutableArray<string> Find(IEnumerable<string> paths) =>
        [.. paths.SelectMany(FindOne).Distinct(StringComparer.Ordinal)];

    public static SourceSet Read(IEnumerable<string> files) =>
        FromFiles(files.Select(file => new SourceFile(file, ReadBytes(file))));

    public static SourceSet FromFiles(IEnumerable<SourceFile> files)
    {
        var sources = ImmutableArray.CreateBuilder<SourceText>();
        var diagnostics = ImmutableArray.CreateBuilder<Diagnostic>();
        foreach (SourceFile file in files)
        {
            sources.Add(Decode(file.Path, file.Content, diagnostics));
        }

        return new SourceSet(sources.ToImmutable(), diagnostics.ToImmutable());
    }

    public static SourceSet FromBytes(string path, byte[] bytes) => FromFiles([new SourceFile(path, bytes)]);

    public static byte[] ReadBytes(string file)
    {
        if (Directory.Exists(file))
        {
            throw new UserErrorException($"{file} is a directory");
        }

        try
        {
            return File.ReadAllBytes(file);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UserErrorException($"no such file: {file}");
        }
    }

    private static IEnumerable<string> FindOne(string path)
    {
        if (!Directory.Exists(path))
        {
            return File.Exists(path) ? [path] : throw new UserErrorException($"no such file or directory: {path}");
        }

        IEnumerable<string> files = Directory.EnumerateFiles(path, "*" + Extension).Order(StringComparer.Ordinal);
        IEnumerable<string> nested = Directory.EnumerateDirectories(path).Order(StringComparer.Ordinal)
            .Where(IsSearched)
            .SelectMany(FindOne);
        return files.Select(Shorten).Concat(nested);
    }

    private static bool IsSearched(string directory)
    {
        string name = Path.GetFileName(directory);
        return !name.StartsWith('.') && name is not ("_build" or "node_modules");
    }

    private static string Shorten(string file) => file.StartsWith("./", StringComparison.Ordinal) ? file[2..] : file;

    /// <summary>Bytes that are no UTF-8 become U+FFFD in the text, so that positions after them stay right.</summary>
    private static SourceText Decode(string path, byte[] bytes, ImmutableArray<Diagnostic>.Builder diagnostics)
    {
        ReadOnlySpan<byte> content = bytes.AsSpan();
        ReadOnlySpan<byte> byteOrderMark = [0xEF, 0xBB, 0xBF];
        content = content.StartsWith(byteOrderMark) ? content[byteOrderMark.Length..] : content;
        var source = new SourceText(path, Encoder.GetString(content));
        int bad = FirstInvalid(content);
        if (bad >= 0)
        {
            var span = new TextSpan(Encoder.GetCharCount(content[..bad]), 1);
            diagnostics.Add(Diagnostic.Create(Catalog.InvalidUtf8, source, span, null, bad + 1));
        }

        return source;
    }

    /// <summary>The index of the first byte that is not part of valid UTF-8, or -1.</summary>
    private static int FirstInvalid(ReadOnlySpan<byte> bytes)
    {
        int at = System.Text.Unicode.Utf8.IsValid(bytes) ? bytes.Length : 0;
        while (at < bytes.Length)
        {
            if (Rune.DecodeFromUtf8(bytes[at..], out _, out int length) != System.Buffers.OperationStatus.Done)
            {
                return at;
            }

            at += length;
        }

        return -1;
    }
}
