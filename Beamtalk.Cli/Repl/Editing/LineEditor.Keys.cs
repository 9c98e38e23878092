namespace Beamtalk.Cli.Repl.Editing;

/// <content>What each key does.</content>
public sealed partial class LineEditor
{
    private void Edit(Key key)
    {
        int absorbed = _absorbed;
        _absorbed = 0;
        switch (key.Code)
        {
            case KeyCode.Text:
                Type(key.Text, absorbed);
                break;
            case KeyCode.Paste:
                _buffer.Insert(key.Text);
                break;
            case KeyCode.Enter:
                Enter();
                break;
            case KeyCode.AltEnter:
                _buffer.Insert("\n");
                break;
            case KeyCode.Control:
                Control(key.Text[0]);
                break;
            case KeyCode.Alt:
                Alt(key.Text);
                break;
            case KeyCode.Resize:
                _painter.Erase();
                break;
            default:
                Move(key.Code);
                break;
        }
    }

    /// <summary>Whoever types the indentation that is already there does not want it twice.</summary>
    private void Type(string text, int absorbed)
    {
        if (text == " " && absorbed > 0)
        {
            _absorbed = absorbed - 1;
            return;
        }

        _buffer.Insert(text);
    }

    private void Move(KeyCode code)
    {
        switch (code)
        {
            case KeyCode.Left:
                _buffer.MoveLeft();
                break;
            case KeyCode.Right:
                _buffer.MoveRight();
                break;
            case KeyCode.WordLeft:
                _buffer.MoveWordLeft();
                break;
            case KeyCode.WordRight:
                _buffer.MoveWordRight();
                break;
            case KeyCode.Up:
                Up();
                break;
            case KeyCode.Down:
                Down();
                break;
            case KeyCode.Home:
                _buffer.MoveToLineStart();
                break;
            case KeyCode.End:
                _buffer.MoveToLineEnd();
                break;
            case KeyCode.PageUp:
                _buffer.MoveToStart();
                break;
            case KeyCode.PageDown:
                _buffer.MoveToEnd();
                break;
            case KeyCode.Backspace:
                _buffer.DeleteBefore();
                break;
            case KeyCode.AltBackspace:
                _buffer.KillNameBefore();
                break;
            case KeyCode.Delete:
                _buffer.DeleteAfter();
                break;
        }
    }

    private void Control(char letter)
    {
        switch (letter)
        {
            case 'a':
                _buffer.MoveToLineStart();
                break;
            case 'b':
                _buffer.MoveLeft();
                break;
            case 'c':
                Abandon();
                break;
            case 'd':
                DeleteOrEnd();
                break;
            case 'e':
                _buffer.MoveToLineEnd();
                break;
            case 'f':
                _buffer.MoveRight();
                break;
            case 'k':
                _buffer.KillToLineEnd();
                break;
            case 'l':
                ClearScreen();
                break;
            case 'n':
                Down();
                break;
            case 'p':
                Up();
                break;
            case 'r':
                _search = new HistorySearch(history);
                break;
            case 't':
                _buffer.Transpose();
                break;
            case 'u':
                _buffer.KillToLineStart();
                break;
            case 'w':
                _buffer.KillWordBefore();
                break;
            case 'y':
                _buffer.Yank();
                break;
            case '_':
                _buffer.Undo();
                break;
        }
    }

    private void Alt(string character)
    {
        switch (character)
        {
            case "b":
                _buffer.MoveWordLeft();
                break;
            case "f":
                _buffer.MoveWordRight();
                break;
            case "d":
                _buffer.KillNameAfter();
                break;
            case "<":
                _buffer.MoveToStart();
                break;
            case ">":
                _buffer.MoveToEnd();
                break;
        }
    }

    /// <summary>Ends the input if it is complete; keys that wait already are a paste, which brings its own indentation.</summary>
    private void Enter()
    {
        if (_buffer.IsInLastLine && language.IsComplete(_buffer.Text))
        {
            _buffer.MoveToEnd();
            (_isDone, _result) = (true, _buffer.Text);
            history.Add(_buffer.Text.TrimEnd());
            return;
        }

        string indentation = _buffer.IsInLastLine && terminal.Keys.Count == 0 ? language.Indentation(_buffer.BeforeCursor) : "";
        _buffer.Insert("\n" + indentation);
        _absorbed = indentation.Length;
    }

    /// <summary>Ctrl-C: the input goes, the session stays.</summary>
    private void Abandon()
    {
        _buffer.MoveToEnd();
        Paint();
        _painter.Leave();
        if (_buffer.IsEmpty)
        {
            terminal.Write(Style.Apply(Style.Faint, "(:quit or Ctrl-D ends the session)") + "\r\n");
        }

        _buffer = new EditBuffer();
        _entry = history.Count;
    }

    private void DeleteOrEnd()
    {
        if (_buffer.IsEmpty)
        {
            _isDone = true;
            return;
        }

        _buffer.DeleteAfter();
    }

    private void ClearScreen()
    {
        terminal.Write("\e[H\e[2J");
        _painter.Forget();
    }

    private void Up()
    {
        if (!_buffer.MoveUp() && _entry > 0)
        {
            ShowEntry(_entry - 1);
        }
    }

    private void Down()
    {
        if (!_buffer.MoveDown() && _entry < history.Count)
        {
            ShowEntry(_entry + 1);
        }
    }

    /// <summary>Behind the latest entry is what was typed before the history was looked at.</summary>
    private void ShowEntry(int index)
    {
        if (_entry == history.Count)
        {
            _draft = _buffer.Text;
        }

        _entry = index;
        _buffer.Set(index < history.Count ? history[index] : _draft);
    }
}
