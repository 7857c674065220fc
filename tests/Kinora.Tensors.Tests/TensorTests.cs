namespace Kinora.Tensors.Tests;

public class TensorTests
{
    [Fact]
    public void Shapes_know_their_rows_and_compare_by_value()
    {
        var shape = new Shape(2, 3, 4);
        Assert.Equal((24L, 6, 4, 4), (shape.Count, shape.Rows, shape.Last, shape[-1]));
        Assert.Equal(shape, new Shape(2, 3, 4));
        Assert.NotEqual(shape, new Shape(2, 3, 4, 1));
        Assert.Equal("[2, 3, 4]", shape.ToString());
        Assert.Equal(1, new Shape([]).Count);
        Assert.Throws<ArgumentException>(() => new Shape(1, -1));
        Assert.Throws<OverflowException>(() => new Shape(int.MaxValue, int.MaxValue, int.MaxValue));
    }

    [Fact]
    public void Views_share_memory()
    {
        using var tensor = Tensor.Allocate(new Shape(4, 3));
        tensor.Rows(2, 1).AsSpan()[1] = 7f;
        Assert.Equal(7f, tensor.Reshape(new Shape(12)).AsSpan()[7]);
        Assert.Throws<ArgumentException>(() => tensor.Reshape(new Shape(5)));
        Assert.Throws<ArgumentOutOfRangeException>(() => tensor.Rows(3, 2));
    }

    [Fact]
    public void Half_floats_have_no_float_pointer()
    {
        using var tensor = Tensor.Allocate(new Shape(4), StorageFormat.F16);
        Assert.Throws<InvalidOperationException>(() => tensor.AsSpan());
    }

    [Fact]
    public void A_frame_gives_its_tensors_back_and_the_next_one_allocates_nothing()
    {
        using var workspace = new Workspace();
        Take(workspace);
        var capacity = workspace.Capacity;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 100; round++)
        {
            Take(workspace);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal(capacity, workspace.Capacity);

        static void Take(Workspace workspace)
        {
            using var frame = workspace.Begin();
            workspace.Take(new Shape(1000, 100));
            using (workspace.Begin())
            {
                workspace.Take(new Shape(2000, 200));
            }

            workspace.Take(new Shape(3000));
        }
    }
}
