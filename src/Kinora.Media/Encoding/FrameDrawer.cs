namespace Kinora.Media;

/// <summary>Fills the memory of a frame of a video that is being written.</summary>
/// <param name="frame">The frame's number, from 0.</param>
/// <param name="rgb">The frame, [height, width, 3]; holds the frame before.</param>
public delegate void FrameDrawer(int frame, Span<byte> rgb);
