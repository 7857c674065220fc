namespace Kinora.Toybox.Instructions;

/// <summary>What an instruction asks for.</summary>
public enum InstructionKind
{
    /// <summary>A description in detail.</summary>
    Description,

    /// <summary>A short caption: the first event and the place.</summary>
    Caption,

    /// <summary>All events in one sentence.</summary>
    OneSentence,

    /// <summary>The events alone.</summary>
    Events,

    /// <summary>The events as a list.</summary>
    List,

    /// <summary>The events as a list, with the frames in which they are seen.</summary>
    TimedList,

    /// <summary>What a single picture shows.</summary>
    Still,

    /// <summary>What changed between two pictures.</summary>
    Difference,

    /// <summary>What a toy does, in words.</summary>
    Doing,

    /// <summary>Which of a choice's options are true, letter by letter.</summary>
    Check,

    /// <summary>A question with one right answer.</summary>
    Question,

    /// <summary>A question that is answered by a letter.</summary>
    Letter,
}
