namespace Kinora.Models.Tokenization.Splitting;

/// <summary>Cuts text into pieces across whose borders no tokens are merged.</summary>
internal abstract class PreTokenizer
{
    /// <summary>Cuts one piece and appends what it became.</summary>
    public abstract void Split(Piece piece, List<Piece> pieces);
}
