namespace Kinora.Media;

/// <summary>How far reading a clip has come.</summary>
/// <param name="FramesDecoded">Frames that the decoder has gone through.</param>
/// <param name="FramesExpected">Frames that it is expected to go through.</param>
/// <param name="FramesKept">Wanted frames that have arrived.</param>
public sealed record DecodeProgress(int FramesDecoded, int FramesExpected, int FramesKept);
