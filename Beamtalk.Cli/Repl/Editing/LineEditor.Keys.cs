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
        Action move = code switch
        {
            KeyCode.Left => _buffer.MoveLeft,
            KeyCode.Right => _buffer.MoveRight,
            KeyCode.WordLeft => _buffer.MoveWordLeft,
            KeyCode.WordRight => _buffer.MoveWordRight,
            KeyCode.Up => Up,
            KeyCode.Down => Down,
            KeyCode.Home => _buffer.MoveToLineStart,
            KeyCode.End => _buffer.MoveToLineEnd,
            KeyCode.PageUp => _buffer.MoveToStart,
            KeyCode.PageDown => _buffer.MoveToEnd,
            KeyCode.Backspace => _buffer.DeleteBefore,
            KeyCode.AltBackspace => _buffer.KillNameBefore,
            KeyCode.Delete => _buffer.DeleteAfter,
            _ => Ignore,
        };
        move();
    }

    private void Control(char letter)
    {
        Action action = letter switch
        {
            'a' => _buffer.MoveToLineStart,
            'b' => _buffer.MoveLeft,
            'c' => Abandon,
            'd' => DeleteOrEnd,
            'e' => _buffer.MoveToLineEnd,
            'f' => _buffer.MoveRight,
            'k' => _buffer.KillToLineEnd,
            'l' => ClearScreen,
            'n' => Down,
            'p' => Up,
            'r' => Search,
            't' => _buffer.Transpose,
            'u' => _buffer.KillToLineStart,
            'w' => _buffer.KillWordBefore,
            'y' => _buffer.Yank,
            '_' => _buffer.Undo,
            _ => Ignore,
        };
        action();
    }

    private void Alt(string character)
    {
        Action action = character switch
        {
            "b" => _buffer.MoveWordLeft,
            "f" => _buffer.MoveWordRight,
            "d" => _buffer.KillNameAfter,
            "<" => _buffer.MoveToStart,
            ">" => _buffer.MoveToEnd,
            _ => Ignore,
        };
        action();
    }

    private void Search() => _search = new HistorySearch(history);

    private static void Ignore()
    {
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
