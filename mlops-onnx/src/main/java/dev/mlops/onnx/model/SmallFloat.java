package dev.mlops.onnx.model;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.model.ElementType;
import java.util.Arrays;

/**
 * The floats of 8 and 4 bits, as ONNX defines them (<a href="https://onnx.ai/onnx/technical/float8.html">float8</a>,
 * <a href="https://onnx.ai/onnx/technical/float4.html">float4</a>). Rounding is to the nearest, to the even of two, and what
 * is larger than the largest becomes that, as in the operator Cast. Immutable.
 */
final class SmallFloat {
    private static final SmallFloat E4M3FN = new SmallFloat(8, 3, 7, 0x7E);
    private static final SmallFloat E4M3FNUZ = new SmallFloat(8, 3, 8, 0x7F);
    private static final SmallFloat E5M2 = new SmallFloat(8, 2, 15, 0x7B);
    private static final SmallFloat E5M2FNUZ = new SmallFloat(8, 2, 16, 0x7F);
    private static final SmallFloat E2M1 = new SmallFloat(4, 1, 1, 0x7);

    /** That of the one format that has it, E5M2. */
    private static final int INFINITY = 0x7C;

    /** In the formats without a negative zero its code is the only NaN; in the others the one after the largest numbers. */
    private final int nan;

    private final int signBit;
    /** The finite positive numbers by their codes, which is in order. */
    private final float[] values;

    private SmallFloat(int bits, int mantissaBits, int bias, int largest) {
        this.signBit = 1 << (bits - 1);
        this.values = new float[largest + 1];
        for (int code = 0; code <= largest; code++) {
            int exponent = code >> mantissaBits;
            int mantissa = code & ((1 << mantissaBits) - 1);
            int whole = exponent == 0 ? mantissa : mantissa + (1 << mantissaBits);
            values[code] = Math.scalb((float) whole, Math.max(1, exponent) - bias - mantissaBits);
        }
        this.nan = bits == 4 ? -1 : largest == 0x7F ? 0x80 : 0x7F;
    }

    static SmallFloat of(ElementType type) {
        return switch (type) {
            case FLOAT8E4M3FN -> E4M3FN;
            case FLOAT8E4M3FNUZ -> E4M3FNUZ;
            case FLOAT8E5M2 -> E5M2;
            case FLOAT8E5M2FNUZ -> E5M2FNUZ;
            case FLOAT4E2M1 -> E2M1;
            default -> throw new InvalidInputException("element type", type, "is no float of 8 or 4 bits");
        };
    }

    /** The number that a code stands for. */
    float toFloat(int code) {
        int magnitude = code & (signBit - 1);
        boolean negative = (code & signBit) != 0;
        if ((nan == signBit && code == nan) || (magnitude >= values.length && !isInfinite(magnitude))) {
            return Float.NaN;
        }
        float value = isInfinite(magnitude) ? Float.POSITIVE_INFINITY : values[magnitude];
        return negative ? -value : value;
    }

    private boolean isInfinite(int magnitude) {
        return magnitude == values.length && magnitude == INFINITY;
    }

    /** The code of the nearest number, with its sign where there is one. */
    int toCode(float value) {
        int magnitude = Float.isNaN(value) ? Math.max(nan, 0) : nearest(Math.abs(value));
        boolean negative = (Float.floatToRawIntBits(value) & Integer.MIN_VALUE) != 0;
        return negative && !(magnitude == 0 && nan == signBit) ? magnitude | signBit : magnitude;
    }

    private int nearest(float value) {
        int found = Arrays.binarySearch(values, value);
        if (found >= 0) {
            return found;
        }
        int above = -found - 1;
        if (above == values.length || above == 0) {
            return above == 0 ? 0 : above - 1;
        }
        // Exact: both have few bits.
        double middle = ((double) values[above - 1] + values[above]) / 2;
        return value > middle || (value == middle && above % 2 == 0) ? above : above - 1;
    }
}
