using Kinora.Tensors;

namespace Kinora.Models.Checkpoints;

/// <summary>Sizes of the number types and which of them a tensor can be mapped as.</summary>
public static class SafetensorsDtypes
{
    /// <summary>The bytes of one value.</summary>
    public static int Size(this SafetensorsDtype dtype) => dtype switch
    {
        SafetensorsDtype.BOOL or SafetensorsDtype.U8 or SafetensorsDtype.I8 or SafetensorsDtype.F8_E4M3 or SafetensorsDtype.F8_E5M2 => 1,
        SafetensorsDtype.I16 or SafetensorsDtype.U16 or SafetensorsDtype.F16 or SafetensorsDtype.BF16 => 2,
        SafetensorsDtype.I32 or SafetensorsDtype.U32 or SafetensorsDtype.F32 => 4,
        SafetensorsDtype.I64 or SafetensorsDtype.U64 or SafetensorsDtype.F64 => 8,
        _ => throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "Unknown number type."),
    };

    /// <summary>The storage format that this type is, or null if kernels can't work on it in place.</summary>
    public static StorageFormat? Format(this SafetensorsDtype dtype) => dtype switch
    {
        SafetensorsDtype.F32 => StorageFormat.F32,
        SafetensorsDtype.F16 => StorageFormat.F16,
        SafetensorsDtype.BF16 => StorageFormat.BF16,
        _ => null,
    };

    /// <summary>The type of a published name; exact spelling only, numbers are no names.</summary>
    internal static bool TryParse(string name, out SafetensorsDtype dtype)
        => Enum.TryParse(name, out dtype) && Enum.IsDefined(dtype) && dtype.ToString() == name;
}
