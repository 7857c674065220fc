namespace Kinora.Toybox.Instructions;

/// <summary>What is asked of a model, and what it should write.</summary>
/// <param name="Kind">What is asked.</param>
/// <param name="Prompt">The question.</param>
/// <param name="Answer">The answer.</param>
public sealed record Instruction(InstructionKind Kind, string Prompt, string Answer);
