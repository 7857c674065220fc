namespace Kinora.Toybox.Questions;

/// <summary>What a question is about.</summary>
public enum QuestionType
{
    /// <summary>Whether something happens: Yes or No.</summary>
    YesNo,

    /// <summary>Which of four things a toy does: a letter.</summary>
    Choice,

    /// <summary>Which way a toy goes.</summary>
    Direction,

    /// <summary>How many toys there are at the start.</summary>
    Count,

    /// <summary>Where it takes place.</summary>
    Where,

    /// <summary>Whether the scene changes: Yes or No.</summary>
    Cut,

    /// <summary>What colour a toy has.</summary>
    Colour,

    /// <summary>Whether a toy is big or small.</summary>
    Size,

    /// <summary>Where a toy is at the start.</summary>
    Position,

    /// <summary>Which of two things happens first or last: a letter.</summary>
    Order,
}
