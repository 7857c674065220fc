namespace Kinora.Media;

/// <summary>What one ffmpeg process delivered.</summary>
/// <param name="Pictures">In the order of the plan's indices; fewer if some did not come.</param>
/// <param name="Seen">Per segment, all frames that the decoder went through.</param>
/// <param name="Surplus">Whether more pictures came than were asked for.</param>
/// <param name="Errors">Errors that the decoder reported.</param>
internal sealed record DecodedFrames(IReadOnlyList<Picture> Pictures, IReadOnlyList<FrameTimes> Seen, bool Surplus, int Errors);
