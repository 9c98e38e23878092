namespace Beamtalk.Compiler.Core;

/// <summary>What is bound at a point of a walk: _entered going in, taken back to a mark going out.</summary>
internal sealed class CoreScope<TName>
    where TName : notnull
{
    private readonly Dictionary<TName, int> _depths = [];
    private readonly List<TName> _entered = [];

    public int Mark => _entered.Count;

    public bool Contains(TName name) => _depths.ContainsKey(name);

    public IEnumerable<TName> Names => _depths.Keys;

    public void Enter(TName name)
    {
        _depths[name] = _depths.GetValueOrDefault(name) + 1;
        _entered.Add(name);
    }

    public void LeaveTo(int mark)
    {
        for (var i = _entered.Count - 1; i >= mark; i--)
        {
            var name = _entered[i];
            if (--_depths[name] == 0)
            {
                _depths.Remove(name);
            }
        }

        _entered.RemoveRange(mark, _entered.Count - mark);
    }
}
