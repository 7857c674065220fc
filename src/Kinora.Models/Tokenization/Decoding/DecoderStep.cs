namespace Kinora.Models.Tokenization.Decoding;

/// <summary>One step on the way from pieces to text: takes pieces as they come and passes on what is certain.</summary>
internal abstract class DecoderStep
{
    /// <summary>The step behind; set while a chain is built.</summary>
    public DecoderStep? Next { get; set; }

    /// <summary>Takes a piece.</summary>
    public abstract void Push(string piece);

    /// <summary>Passes on what was held back; nothing comes any more.</summary>
    public virtual void Finish() => Next?.Finish();

    protected void Pass(string piece)
    {
        if (piece.Length > 0)
        {
            Next?.Push(piece);
        }
    }
}
