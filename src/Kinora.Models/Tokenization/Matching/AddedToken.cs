namespace Kinora.Models.Tokenization.Matching;

/// <summary>A token that is looked for in the text before everything else.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">Its spelling.</param>
/// <param name="Special">Whether decoding may leave it out.</param>
/// <param name="Normalized">Whether it is looked for in the normalised text rather than in the text as given.</param>
/// <param name="TakesBlanksBefore">Whether blanks in front belong to it (<c>lstrip</c>).</param>
/// <param name="TakesBlanksAfter">Whether blanks behind belong to it (<c>rstrip</c>).</param>
/// <param name="SingleWord">Whether it counts only where no word character touches it.</param>
internal sealed record AddedToken(
    int Id,
    string Content,
    bool Special,
    bool Normalized = false,
    bool TakesBlanksBefore = false,
    bool TakesBlanksAfter = false,
    bool SingleWord = false);
