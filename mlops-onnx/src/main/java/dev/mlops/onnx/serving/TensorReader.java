package dev.mlops.onnx.serving;

import static dev.mlops.onnx.serving.ProtocolException.badRequest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import dev.mlops.api.model.ElementType;
import dev.mlops.onnx.model.Tensor;
import java.io.IOException;
import java.math.BigInteger;

/**
 * Reads the elements of one tensor from a JSON array, flat in row-major order or nested as its shape. The caller has
 * bounded the shape. Used once.
 */
final class TensorReader {
    private final String path;
    private final JsonParser parser;
    private final long[] shape;
    private final int count;
    private final Sink sink;
    private int read;

    /**
     * A reader.
     *
     * @param count the elements of the shape
     */
    TensorReader(String path, JsonParser parser, ElementType type, long[] shape, int count) throws ProtocolException {
        this.path = path;
        this.parser = parser;
        this.shape = shape;
        this.count = count;
        this.sink = sink(type);
    }

    Tensor read() throws IOException, ProtocolException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw badRequest(path, "must be an array");
        }
        array(0);
        if (read != count) {
            throw badRequest(path, "has " + read + " elements, its shape asks for " + count);
        }
        return sink.tensor(shape);
    }

    private void array(int depth) throws IOException, ProtocolException {
        int children = 0;
        boolean nested = false;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            boolean array = parser.currentToken() == JsonToken.START_ARRAY;
            if (children > 0 && array != nested) {
                throw badRequest(path, "must not mix arrays and elements");
            }
            nested = array;
            children++;
            if (array) {
                array(depth + 1);
            } else {
                element();
            }
        }
        checkLevel(depth, children, nested);
    }

    private void checkLevel(int depth, int children, boolean nested) throws ProtocolException {
        boolean flat = depth == 0 && !nested;
        boolean fits = depth < shape.length && shape[depth] == children && nested == (depth < shape.length - 1);
        boolean empty = children == 0 && count == 0;
        if (!flat && !fits && !empty) {
            throw badRequest(path, "is nested otherwise than its shape");
        }
    }

    private void element() throws IOException, ProtocolException {
        if (read == count) {
            throw badRequest(path, "has more elements than its shape asks for, " + count);
        }
        try {
            sink.put(read++);
        } catch (InputCoercionException e) {
            throw badRequest(path + "[" + (read - 1) + "]", "is out of range");
        }
    }

    private Sink sink(ElementType type) throws ProtocolException {
        return switch (type) {
            case FLOAT -> floats();
            case FLOAT16, BFLOAT16, FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ, FLOAT4E2M1 ->
                throw badRequest(path, "of datatype " + type.protocolName() + " must be sent as binary data");
            case DOUBLE -> doubles();
            case INT64 -> longs();
            case UINT64 -> unsignedLongs();
            case INT32 -> ints(Tensor::ints, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case UINT32 -> ints(Tensor::unsignedInts, 0, 0xFFFF_FFFFL);
            case INT16 -> shorts(Tensor::shorts, Short.MIN_VALUE, Short.MAX_VALUE);
            case UINT16 -> shorts(Tensor::unsignedShorts, 0, 0xFFFF);
            case INT8 -> bytes(Tensor::bytes, Byte.MIN_VALUE, Byte.MAX_VALUE);
            case UINT8 -> bytes(Tensor::unsignedBytes, 0, 255);
            case INT4 -> bytes(Tensor::int4, -8, 7);
            case UINT4 -> bytes(Tensor::uint4, 0, 15);
            case BOOL -> booleans();
            case STRING -> strings();
            default -> throw badRequest(path, "of datatype " + type.protocolName() + " is not supported");
        };
    }

    private Sink floats() {
        float[] values = new float[count];
        return new Sink(index -> values[index] = real32(), dimensions -> Tensor.floats(values, dimensions));
    }

    private Sink doubles() {
        double[] values = new double[count];
        return new Sink(index -> values[index] = real64(), dimensions -> Tensor.doubles(values, dimensions));
    }

    private Sink longs() {
        long[] values = new long[count];
        return new Sink(
                index -> values[index] = integer(Long.MIN_VALUE, Long.MAX_VALUE),
                dimensions -> Tensor.longs(values, dimensions));
    }

    private Sink unsignedLongs() {
        long[] values = new long[count];
        return new Sink(
                index -> values[index] = unsignedInteger(), dimensions -> Tensor.unsignedLongs(values, dimensions));
    }

    private Sink ints(TensorOf<int[]> make, long least, long most) {
        int[] values = new int[count];
        return new Sink(index -> values[index] = (int) integer(least, most), dimensions -> make.of(values, dimensions));
    }

    private Sink shorts(TensorOf<short[]> make, long least, long most) {
        short[] values = new short[count];
        return new Sink(
                index -> values[index] = (short) integer(least, most), dimensions -> make.of(values, dimensions));
    }

    private Sink bytes(TensorOf<byte[]> make, long least, long most) {
        byte[] values = new byte[count];
        return new Sink(
                index -> values[index] = (byte) integer(least, most), dimensions -> make.of(values, dimensions));
    }

    private Sink booleans() {
        boolean[] values = new boolean[count];
        return new Sink(index -> values[index] = truth(), dimensions -> Tensor.booleans(values, dimensions));
    }

    private Sink strings() {
        String[] values = new String[count];
        return new Sink(index -> values[index] = text(), dimensions -> Tensor.strings(values, dimensions));
    }

    private float real32() throws IOException, ProtocolException {
        checkIsNumber();
        float value = parser.getFloatValue();
        if (!Float.isFinite(value)) {
            throw wrong("is out of range");
        }
        return value;
    }

    private double real64() throws IOException, ProtocolException {
        checkIsNumber();
        double value = parser.getDoubleValue();
        if (!Double.isFinite(value)) {
            throw wrong("is out of range");
        }
        return value;
    }

    private void checkIsNumber() throws ProtocolException {
        if (!parser.currentToken().isNumeric()) {
            throw wrong("must be a number");
        }
    }

    private long unsignedInteger() throws IOException, ProtocolException {
        if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
            throw wrong("must be an integer");
        }
        BigInteger value = parser.getBigIntegerValue();
        if (value.signum() < 0 || value.bitLength() > Long.SIZE) {
            throw wrong("must be 0 to " + Long.toUnsignedString(-1));
        }
        return value.longValue();
    }

    private long integer(long least, long most) throws IOException, ProtocolException {
        if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
            throw wrong("must be an integer");
        }
        long value = parser.getLongValue();
        if (value < least || value > most) {
            throw wrong("must be " + least + " to " + most);
        }
        return value;
    }

    private boolean truth() throws IOException, ProtocolException {
        return switch (parser.currentToken()) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NUMBER_INT -> integer(0, 1) == 1;
            default -> throw wrong("must be true or false");
        };
    }

    private String text() throws IOException, ProtocolException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw wrong("must be a text");
        }
        return parser.getText();
    }

    private ProtocolException wrong(String rule) {
        return badRequest(path + "[" + (read - 1) + "]", rule);
    }

    private interface TensorOf<A> {
        Tensor of(A values, long... shape);
    }

    private interface Put {
        void put(int index) throws IOException, ProtocolException;
    }

    private interface Make {
        Tensor tensor(long[] shape);
    }

    /** Takes the elements one by one and makes the tensor of them. */
    private record Sink(Put elements, Make result) {
        void put(int index) throws IOException, ProtocolException {
            elements.put(index);
        }

        Tensor tensor(long[] shape) {
            return result.tensor(shape);
        }
    }
}
