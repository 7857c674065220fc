namespace Kinora.Models;

/// <summary>What is done where an original program has a defect that changes results, as <c>--compat</c> says it; docs/compatibility.md lists them.</summary>
public enum Compatibility
{
    /// <summary>What its authors must have meant.</summary>
    Corrected,

    /// <summary>What the original does, to the bit; where it fails, so does this.</summary>
    Original,
}
