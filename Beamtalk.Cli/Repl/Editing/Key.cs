namespace Beamtalk.Cli.Repl.Editing;

/// <summary>What a key does, as far as a terminal tells it apart.</summary>
public enum KeyCode
{
    /// <summary>Characters; <see cref="Key.Text"/> has them.</summary>
    Text,

    /// <summary>A text that was pasted, as the terminal says.</summary>
    Paste,

    /// <summary>Ctrl and the letter in <see cref="Key.Text"/>.</summary>
    Control,

    /// <summary>Alt (or Escape before it) and the character in <see cref="Key.Text"/>.</summary>
    Alt,
    Enter,
    AltEnter,
    Tab,
    ShiftTab,
    Backspace,
    AltBackspace,
    Delete,
    Left,
    Right,
    WordLeft,
    WordRight,
    Up,
    Down,
    Home,
    End,
    PageUp,
    PageDown,
    Escape,

    /// <summary>The size of the terminal has changed.</summary>
    Resize,
}

/// <summary>A key that was pressed.</summary>
public readonly record struct Key(KeyCode Code, string Text = "")
{
    public static Key Control(char letter) => new(KeyCode.Control, letter.ToString());

    public bool IsControl(char letter) => Code == KeyCode.Control && Text[0] == letter;
}
