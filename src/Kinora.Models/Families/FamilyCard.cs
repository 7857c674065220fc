namespace Kinora.Models.Families;

/// <summary>What a user should know of a family before choosing a model.</summary>
/// <param name="Name">The family's name.</param>
/// <param name="GoodFor">What its models do best.</param>
/// <param name="Prompts">How they are asked.</param>
/// <param name="Frames">What they look at.</param>
/// <param name="Published">The checkpoints that its authors published.</param>
public sealed record FamilyCard(string Name, string GoodFor, string Prompts, string Frames, IReadOnlyList<PublishedModel> Published);

/// <summary>A checkpoint that its authors published.</summary>
/// <param name="Id">Its name on the hub.</param>
/// <param name="Billions">Parameters, in billions.</param>
/// <param name="Licence">Under which terms its weights may be used, as its page says.</param>
public sealed record PublishedModel(string Id, double Billions, string Licence);
