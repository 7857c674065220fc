using System.Text;
using Kinora.Training.Recipes;

namespace Kinora.Training.Tests.Recipes;

public sealed class RecipeErrorTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData("optimizer: {eps: abc}", "r.yaml: line 2: 'optimizer.eps' is \"abc\"; expected a number above 0")]
    [InlineData("optimizer: {eps: \"1e-6\"}", "r.yaml: line 2: 'optimizer.eps' is the text \"1e-6\"; expected a number above 0")]
    [InlineData("optimizer: {eps: 0}", "r.yaml: line 2: 'optimizer.eps' is \"0\"; expected a number above 0")]
    [InlineData("optimizer:\n  eps:", "r.yaml: line 3: 'optimizer.eps' is empty; expected a number above 0")]
    [InlineData("optimizer: {learning_rate: .nan}", "r.yaml: line 2: 'optimizer.learning_rate' is \".nan\"; expected a number above 0")]
    [InlineData("optimizer: {learning_rate: 1e999}", "r.yaml: line 2: 'optimizer.learning_rate' is \"1e999\"; expected a number above 0")]
    [InlineData("optimizer: {betas: [0.9, 1]}", "r.yaml: line 2: 'optimizer.betas' is \"1\"; expected two numbers of at least 0 and below 1, as in [0.9, 0.999]")]
    [InlineData("optimizer: {betas: [0.9]}", "r.yaml: line 2: 'optimizer.betas' is a list of 1; expected two numbers of at least 0 and below 1, as in [0.9, 0.999]")]
    [InlineData("optimizer: {momentum: 1}", "r.yaml: line 2: 'optimizer.momentum' is \"1\"; expected a number of at least 0 and below 1")]
    [InlineData("optimizer: {momentum: }", "r.yaml: line 2: 'optimizer.momentum' is empty; expected a number of at least 0 and below 1")]
    [InlineData("optimizer: [1]", "r.yaml: line 2: 'optimizer' is a list of 1; expected keys with values")]
    [InlineData("optimiser: {eps: 1}", "r.yaml: line 2: 'optimiser' is no key of a recipe; did you mean 'optimizer'?")]
    [InlineData("lora: {rnk: 4}", "r.yaml: line 2: 'lora.rnk' is no key of a recipe; did you mean 'lora.rank'?")]
    [InlineData("dpo_x_yz: 4", "r.yaml: line 2: 'dpo_x_yz' is no key of a recipe; known are task, lora,*")]
    [InlineData("frames: 2.5", "r.yaml: line 2: 'frames' is \"2.5\"; expected a whole number from 1 to 65536")]
    [InlineData("steps: 0", "r.yaml: line 2: 'steps' is \"0\"; expected a whole number of at least 1")]
    [InlineData("steps: 99999999999999999999", "r.yaml: line 2: 'steps' is \"99999999999999999999\"; expected a whole number of at least 1")]
    [InlineData("task: rlhf", "r.yaml: line 2: 'task' is \"rlhf\"; expected sft or dpo")]
    [InlineData("save: {keep_best: yes}", "r.yaml: line 2: 'save.keep_best' is \"yes\"; expected true or false")]
    [InlineData("data: a.jsonl", "r.yaml: line 2: 'data' is \"a.jsonl\"; expected a list (lines that begin with '-')")]
    [InlineData("data: [a.jsonl]", "r.yaml: line 2: 'data.0' is \"a.jsonl\"; expected keys with values")]
    [InlineData("data: [{format: llava}]", "r.yaml: line 2: a data file has no 'path'")]
    [InlineData("data: [{path: a, format: csv}]", "r.yaml: line 2: 'data.0.format' is \"csv\"; expected llava, tarsier, pllava, sharegpt4video or jsonl")]
    [InlineData("data: [{path: a, weight: 1}, {path: b}]", "r.yaml: line 2: 'data' has 1 weights for 2 files; give each a weight, or none")]
    [InlineData("data: [{path: a, x: 1}]", "r.yaml: line 2: 'data.0.x' is no key of a recipe; known are path, format, media, weight")]
    [InlineData("steps: 3\nepochs: 1", "r.yaml: line 3: 'epochs' and 'steps' are both given; keep one")]
    [InlineData("schedule: {warmup_steps: 3, warmup_ratio: 0.1}", "r.yaml: line 2: 'schedule.warmup_ratio' and 'schedule.warmup_steps' are both given; keep one")]
    [InlineData("dpo: {beta: 1}", "r.yaml: line 2: 'dpo' is given, but 'task' is sft; set task: dpo, or remove it")]
    [InlineData("task: dpo\ndpo: {reference: lora_off}", "r.yaml: line 3: 'dpo.reference' is lora_off, but there is no 'lora'; add it, or take start")]
    [InlineData("memory: {activations: bf16}", "r.yaml: line 2: 'memory.activations' is bf16,*")]
    [InlineData("lora: {targets: []}", "r.yaml: line 2: 'lora.targets' is a list of 0; expected a list of linear layers, as in [q_proj, v_proj]")]
    [InlineData("model: \"a\\0b\"", "r.yaml: line 2: 'model' is the text \"a\\u0000b\"; expected the directory of a checkpoint")]
    [InlineData("seed: 1\nseed: 2", "r.yaml: line 3: 'seed' stands there twice; remove one")]
    [InlineData("\"a\\nb\": 1", "r.yaml: line 2: 'a\\u000ab' is no key of a recipe; known are*")]
    [InlineData("frames: &a 3", "r.yaml: line 2: anchors (&, *) aren't taken in a recipe; write the value out")]
    [InlineData("frames: *a", "r.yaml: line 2: anchors (&, *) aren't taken in a recipe; write the value out")]
    [InlineData("frames: !!int 3", "r.yaml: line 2: tags (!) aren't taken in a recipe; write the value alone")]
    [InlineData("---\nseed: 1", "r.yaml: line 2: a second document begins here; a recipe is one")]
    [InlineData("seed: [1", "r.yaml: line * is no valid YAML (*")]
    [InlineData("a: {a: {a: {a: {a: {a: {a: {a: {a: {a: 1}}}}}}}}}", "r.yaml: line 2: more than 8 levels of lists and keys; a recipe has no use for them")]
    [InlineData("? [a]\n: 1", "r.yaml: line *: a list or keys stand where a single key was expected")]
    public void What_cannot_be_used_is_named_with_its_line(string line, string message)
    {
        var error = Assert.Throws<RecipeException>(() => Recipe.Parse($"train: [{{parameters: x}}]\n{line}", "r.yaml", "/"));
        Assert.True(NamePattern.Matches(message, error.Message), error.Message);
    }

    [Theory]
    [InlineData("", "r.yaml: holds no keys;*")]
    [InlineData("# nothing", "r.yaml: holds no keys;*")]
    [InlineData("- a", "r.yaml: holds no keys;*")]
    [InlineData("seed: 1", "r.yaml: nothing would learn;*")]
    [InlineData("train: [{learning_rate: 1}]", "r.yaml: line 1: a part of 'train' has no 'parameters';*")]
    public void Recipes_of_nothing_are_refused(string yaml, string message)
    {
        var error = Assert.Throws<RecipeException>(() => Recipe.Parse(yaml, "r.yaml", "/"));
        Assert.True(NamePattern.Matches(message, error.Message), error.Message);
    }

    [Theory]
    [InlineData("optimizer.eps=abc", "The setting \"optimizer.eps=abc\": 'optimizer.eps' is \"abc\"; expected a number above 0")]
    [InlineData("optimizer.epz=1", "The setting \"optimizer.epz=1\": 'optimizer.epz' is no key of a recipe; did you mean 'optimizer.eps'?")]
    [InlineData("seed", "The setting \"seed\": is no setting; expected key=value,*")]
    [InlineData("=3", "The setting \"=3\": is no setting;*")]
    [InlineData("a..b=3", "The setting \"a..b=3\": is no setting;*")]
    [InlineData("train.0.optimizer=sgd", "The setting \"train.0.optimizer=sgd\": 'train.0.optimizer' is \"sgd\"; expected adamw or muon")]
    [InlineData("train.0.optimizer=", "The setting \"train.0.optimizer=\": 'train.0.optimizer' is empty; expected adamw or muon")]
    [InlineData("train.0.momentum=0.9", "The setting \"train.0.momentum=0.9\": 'train.0.momentum' is no key of a recipe; known are*")]
    [InlineData("train.5.learning_rate=3", "The setting \"train.5.learning_rate=3\": 'train' is a list of 1;*")]
    [InlineData("seed.x=3", "The setting \"seed.x=3\": 'seed' is a single value and has no keys")]
    [InlineData("lora={rank: [}", "The setting \"lora={rank: [}\": is no valid YAML*")]
    public void Settings_are_checked_like_the_file(string setting, string message)
    {
        var error = Assert.Throws<RecipeException>(() => Recipe.Parse("train: [{parameters: x}]\nseed: 3", "r.yaml", "/", [setting]));
        Assert.True(NamePattern.Matches(message, error.Message), error.Message);
    }

    [Fact]
    public void Files_that_are_none_are_refused()
    {
        Assert.Contains("can't be read", Refused(directory.File("none.yaml")), StringComparison.Ordinal);
        Assert.Contains("can't be read", Refused(directory.Path), StringComparison.Ordinal);
        Assert.Contains("larger than", Refused(directory.Write("huge.yaml", new string('#', 1 << 17))), StringComparison.Ordinal);
        Assert.Contains("UTF-8", Refused(directory.Write("bytes.yaml", [0x61, 0xFF, 0xFE])), StringComparison.Ordinal);

        static string Refused(string path) => Assert.Throws<RecipeException>(() => Recipe.Load(path)).Message;
    }

    [Fact]
    [Trait(Fuzz.Trait, "recipes")]
    public void Damaged_recipes_are_read_or_refused_with_a_clean_line()
    {
        // What YAML gives a meaning to.
        var marks = "&*!|>%@`'\"#?:-\t\r\n{}[],~ "u8.ToArray();
        var sound = Encoding.UTF8.GetBytes(RecipeTests.Full);
        var path = directory.File("r.yaml");
        Fuzz.Run("recipes", 4000, random =>
        {
            var bytes = Mutation.Of(sound, random);
            for (var more = random.Next(3); more > 0 && bytes.Length > 0; more--)
            {
                bytes[random.Next(bytes.Length)] = marks[random.Next(marks.Length)];
            }

            File.WriteAllBytes(path, bytes);
            var recipe = Recipe.Load(path);
            Assert.Empty(recipe.Differences(Recipe.Parse(recipe.Print(), "again", "/")));
        }, error => error is RecipeException);
    }
}
