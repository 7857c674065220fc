using Kinora.Toybox.World;

namespace Kinora.Toybox.Planning;

/// <summary>The toys of a shot as the planned events leave them, and what is taken in the slot that is being planned.</summary>
internal sealed class Stage
{
    private readonly List<ToyEvent> taken = [];
    private readonly List<ToyName> names = [];
    private readonly List<int> covers = [];
    private readonly List<int> choices = [];

    public Stage(ToyState[] toys)
    {
        Toys = toys;
        names.AddRange(toys.Select(toy => toy.Name));
    }

    /// <summary>The toys when the slot begins.</summary>
    public ToyState[] Toys { get; }

    /// <summary>The events of the slot.</summary>
    public IReadOnlyList<ToyEvent> Taken => taken;

    /// <summary>Whether the camera moves in this shot.</summary>
    public bool HasCamera { get; private set; }

    /// <summary>Whether the slot is the shot's first.</summary>
    public bool IsFirstSlot { get; private set; }

    /// <summary>The toy that is still to appear, or null.</summary>
    public int? Absent { get; private set; }

    /// <summary>Toys that can be seen.</summary>
    public int VisibleCount => Toys.Count(toy => toy.IsVisible);

    /// <summary>Begins to plan a slot.</summary>
    public void BeginSlot(bool isFirst)
    {
        taken.Clear();
        IsFirstSlot = isFirst;
        if (isFirst)
        {
            var absent = Array.FindIndex(Toys, toy => toy.Alpha == 0);
            Absent = absent < 0 ? null : absent;
        }
    }

    /// <summary>Adds an event to the slot.</summary>
    public ToyEvent Take(ToyEvent happening)
    {
        taken.Add(happening);
        HasCamera |= happening.Subject < 0;
        if (happening.Verb == Verb.Appear)
        {
            Absent = null;
        }

        if (happening.Verb == Verb.Hide)
        {
            covers.Add(happening.Object);
        }

        if (happening.NewColour is { } colour)
        {
            names.Add(new ToyName(Toys[happening.Subject].Kind, colour));
        }

        return happening;
    }

    /// <summary>Whether no toy of the shot has had this name so far.</summary>
    public bool IsNew(ToyName name) => !names.Contains(name);

    /// <summary>Whether a toy can be seen and has nothing to do in this slot yet. Who hides another stays as it is, or the other would come out without a word.</summary>
    public bool IsFree(int toy) => Toys[toy].IsVisible && !covers.Contains(toy) && !taken.Any(happening => happening.Subject == toy || happening.Object == toy);

    /// <summary>The free toys that a rule allows, by number; valid until the next call.</summary>
    public List<int> Free(Func<ToyState, bool> allows)
    {
        choices.Clear();
        for (var toy = 0; toy < Toys.Length; toy++)
        {
            if (IsFree(toy) && allows(Toys[toy]))
            {
                choices.Add(toy);
            }
        }

        return choices;
    }

    /// <summary>Whether two toys are in each other's way: on the same line of the ground, or both in the air.</summary>
    public static bool ShareLine(in ToyState one, in ToyState other)
        => one.Kind.IsFlyer() == other.Kind.IsFlyer() && one.BaseLine == other.BaseLine;

    /// <summary>Where the next toy of the same line stands, to the left (-1) or right (1); infinitely far if there is none. Hidden toys are in nobody's way.</summary>
    public double Neighbour(int mover, int side)
    {
        var nearest = side * double.PositiveInfinity;
        for (var toy = 0; toy < Toys.Length; toy++)
        {
            var x = Toys[toy].X;
            if (toy != mover && !Toys[toy].IsHidden && ShareLine(Toys[mover], Toys[toy]) && side * (x - Toys[mover].X) >= 0 && side * (nearest - x) > 0)
            {
                nearest = x;
            }
        }

        return nearest;
    }

    /// <summary>Whether another toy of the same line stands between two.</summary>
    public bool AreApart(int one, int other)
    {
        var side = Toys[other].X > Toys[one].X ? 1 : -1;
        return side * (Neighbour(one, side) - Toys[other].X) < 0;
    }
}
