namespace Kinora.Toybox.World;

/// <summary>What toys of a kind can do.</summary>
public static class ToyKindTraits
{
    /// <summary>Whether it is in the air and not on the ground: bird and balloon.</summary>
    public static bool IsFlyer(this ToyKind kind) => kind is ToyKind.Bird or ToyKind.Balloon;

    /// <summary>Whether it can go anywhere: all but the tree.</summary>
    public static bool CanMove(this ToyKind kind) => kind != ToyKind.Tree;

    /// <summary>Whether it can go along the ground, where it meets other toys.</summary>
    public static bool IsGroundMover(this ToyKind kind) => kind.CanMove() && !kind.IsFlyer();

    /// <summary>Whether it can jump: ball, cube, star, robot, cat.</summary>
    public static bool CanJump(this ToyKind kind) => kind is ToyKind.Ball or ToyKind.Cube or ToyKind.Star or ToyKind.Robot or ToyKind.Cat;

    /// <summary>Whether it can turn around: ball, cube, star, car, boat, robot.</summary>
    public static bool CanSpin(this ToyKind kind) => kind is ToyKind.Ball or ToyKind.Cube or ToyKind.Star or ToyKind.Car or ToyKind.Boat or ToyKind.Robot;

    /// <summary>Whether it turns as it goes: the ball.</summary>
    public static bool Rolls(this ToyKind kind) => kind == ToyKind.Ball;

    /// <summary>Whether it may face left: all but the robot, which looks straight out of the picture.</summary>
    public static bool CanFaceLeft(this ToyKind kind) => kind != ToyKind.Robot;
}
