package dev.mlops.api.model;

import dev.mlops.api.error.InvalidInputException;

/**
 * The element types of ONNX tensors, with the numbers of {@code TensorProto.DataType} (onnx.proto3, IR version 10) and
 * the names of the Open Inference Protocol v2 where it has one.
 */
public enum ElementType {
    /** 32-bit IEEE 754. */
    FLOAT(1, "FP32"),
    /** Unsigned 8-bit. */
    UINT8(2, "UINT8"),
    /** Signed 8-bit. */
    INT8(3, "INT8"),
    /** Unsigned 16-bit. */
    UINT16(4, "UINT16"),
    /** Signed 16-bit. */
    INT16(5, "INT16"),
    /** Signed 32-bit. */
    INT32(6, "INT32"),
    /** Signed 64-bit. */
    INT64(7, "INT64"),
    /** UTF-8 text. */
    STRING(8, "BYTES"),
    /** One byte, 0 or 1. */
    BOOL(9, "BOOL"),
    /** 16-bit IEEE 754. */
    FLOAT16(10, "FP16"),
    /** 64-bit IEEE 754. */
    DOUBLE(11, "FP64"),
    /** Unsigned 32-bit. */
    UINT32(12, "UINT32"),
    /** Unsigned 64-bit. */
    UINT64(13, "UINT64"),
    /** Two 32-bit floats. */
    COMPLEX64(14, "COMPLEX64"),
    /** Two 64-bit floats. */
    COMPLEX128(15, "COMPLEX128"),
    /** 16-bit brain float. */
    BFLOAT16(16, "BF16"),
    /** 8-bit float, 4 exponent bits, finite only. */
    FLOAT8E4M3FN(17, "FP8E4M3FN"),
    /** 8-bit float, 4 exponent bits, no negative zero. */
    FLOAT8E4M3FNUZ(18, "FP8E4M3FNUZ"),
    /** 8-bit float, 5 exponent bits. */
    FLOAT8E5M2(19, "FP8E5M2"),
    /** 8-bit float, 5 exponent bits, no negative zero. */
    FLOAT8E5M2FNUZ(20, "FP8E5M2FNUZ"),
    /** Unsigned 4-bit. */
    UINT4(21, "UINT4"),
    /** Signed 4-bit. */
    INT4(22, "INT4"),
    /** 4-bit float. */
    FLOAT4E2M1(23, "FP4E2M1");

    private final int onnxNumber;
    private final String protocolName;

    ElementType(int onnxNumber, String protocolName) {
        this.onnxNumber = onnxNumber;
        this.protocolName = protocolName;
    }

    /** The number in {@code TensorProto.DataType}. */
    public int onnxNumber() {
        return onnxNumber;
    }

    /** The datatype in the Open Inference Protocol v2, such as {@code FP32}. */
    public String protocolName() {
        return protocolName;
    }

    /** The type with a number of {@code TensorProto.DataType}. */
    public static ElementType ofOnnxNumber(int number) {
        for (ElementType type : values()) {
            if (type.onnxNumber == number) {
                return type;
            }
        }
        throw new InvalidInputException("ONNX element type", number, "is not known (1 to 23 are)");
    }

    /** The type with a datatype name of the Open Inference Protocol v2. */
    public static ElementType ofProtocolName(String name) {
        for (ElementType type : values()) {
            if (type.protocolName.equals(name)) {
                return type;
            }
        }
        throw new InvalidInputException("datatype", name, "is not known; FP32, INT64, BOOL, BYTES … are");
    }
}
