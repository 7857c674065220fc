namespace Kinora.Tensors.Autograd;

/// <summary>A stretch of time in which operations write to a tape; at its end their activations are given back, while the parameters' gradients stay.</summary>
public readonly ref struct Recording
{
    private readonly TensorOperations operations;
    private readonly Tape tape;
    private readonly Workspace.Frame frame;

    internal Recording(TensorOperations operations, Tape tape)
    {
        (this.operations, this.tape) = (operations, tape);
        frame = operations.Workspace.Begin();
    }

    /// <summary>Takes the gradients back from where losses have put them to all parameters.</summary>
    public void Backward() => tape.GoBack(operations, 0);

    /// <summary>Ends recording; what was recorded and not gone back through is forgotten.</summary>
    public void Dispose()
    {
        operations.StopRecording();
        tape.Clear();
        frame.Release();
    }
}
