namespace Beamtalk.Compiler.Core;

/// <summary>What is bound at a point of a walk: entered going in, taken back to a mark going out.</summary>
internal sealed class CoreScope<TName>
    where TName : notnull
{
    private readonly Dictionary<TName, int> depths = [];
    private readonly List<TName> entered = [];

    public int Mark => entered.Count;

    public bool Contains(TName name) => depths.ContainsKey(name);

    public IEnumerable<TName> Names => depths.Keys;

    public void Enter(TName name)
    {
        depths[name] = depths.GetValueOrDefault(name) + 1;
        entered.Add(name);
    }

    public void LeaveTo(int mark)
    {
        for (var i = entered.Count - 1; i >= mark; i--)
        {
            var name = entered[i];
            if (--depths[name] == 0)
            {
                depths.Remove(name);
            }
        }

        entered.RemoveRange(mark, entered.Count - mark);
    }
}
