using Kinora.Training.Optimization;

namespace Kinora.Training.Tests.Optimization;

public class LayerwiseDecayTests
{
    [Theory]
    [InlineData("vision_tower.blocks.31.attn.qkv.weight", 1)]
    [InlineData("visual.blocks.0.mlp.fc1.bias", 32)]
    [InlineData("visual.patch_embed.proj.weight", 33)]
    [InlineData("vision_tower.merger.ln_q.weight", 0)]
    [InlineData("visual.merger.mlp.2.weight", 0)]
    [InlineData("model.layers.3.mlp.up_proj.weight", 0)]
    [InlineData("language_model.lm_head.weight", 0)]
    public void The_tower_of_qwen_learns_slower_towards_its_input_and_the_merger_does_not(string name, int power)
        => Assert.Equal(Math.Pow(0.9, power), LayerwiseDecay.Factor(name, 32, 0.9), 12);
}
