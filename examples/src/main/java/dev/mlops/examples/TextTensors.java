package dev.mlops.examples;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.model.ElementType;
import dev.mlops.api.model.ValueSpec;
import dev.mlops.onnx.model.Tensor;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Tensors from text and to text. */
final class TextTensors {
    private TextTensors() {}

    /**
     * Makes a tensor of the type that an input has.
     *
     * @param value the text of each value
     * @throws InvalidInputException if a text is no value of that type
     */
    static Tensor parse(ValueSpec spec, IntFunction<String> value, int count, long[] shape) {
        try {
            return parse(Objects.requireNonNull(spec.elementType()), value, count, shape);
        } catch (NumberFormatException e) {
            throw new InvalidInputException(
                    "value of " + spec.name(), e.getMessage(), "must be " + spec.elementType(), e);
        }
    }

    private static Tensor parse(ElementType type, IntFunction<String> value, int count, long[] shape) {
        return switch (type) {
            case FLOAT -> Tensor.floats(floats(value, count), shape);
            case FLOAT16 -> Tensor.float16(floats(value, count), shape);
            case BFLOAT16 -> Tensor.bfloat16(floats(value, count), shape);
            case DOUBLE ->
                Tensor.doubles(
                        IntStream.range(0, count)
                                .mapToObj(value)
                                .mapToDouble(Double::parseDouble)
                                .toArray(),
                        shape);
            case INT64 ->
                Tensor.longs(
                        IntStream.range(0, count)
                                .mapToObj(value)
                                .mapToLong(Long::parseLong)
                                .toArray(),
                        shape);
            case INT32 ->
                Tensor.ints(
                        IntStream.range(0, count)
                                .mapToObj(value)
                                .mapToInt(Integer::parseInt)
                                .toArray(),
                        shape);
            case INT16 -> Tensor.shorts(shorts(value, count), shape);
            case INT8 -> Tensor.bytes(bytes(value, count, Byte.MIN_VALUE, Byte.MAX_VALUE), shape);
            case UINT8 -> Tensor.unsignedBytes(bytes(value, count, 0, 255), shape);
            case BOOL -> Tensor.booleans(booleans(value, count), shape);
            case STRING ->
                Tensor.strings(IntStream.range(0, count).mapToObj(value).toArray(String[]::new), shape);
            default -> throw new InvalidInputException("input type", type, "is not one that this program can make");
        };
    }

    private static float[] floats(IntFunction<String> value, int count) {
        float[] floats = new float[count];
        for (int i = 0; i < count; i++) {
            floats[i] = Float.parseFloat(value.apply(i));
        }
        return floats;
    }

    private static short[] shorts(IntFunction<String> value, int count) {
        short[] shorts = new short[count];
        for (int i = 0; i < count; i++) {
            shorts[i] = Short.parseShort(value.apply(i));
        }
        return shorts;
    }

    private static byte[] bytes(IntFunction<String> value, int count, int least, int most) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            int number = Integer.parseInt(value.apply(i));
            if (number < least || number > most) {
                throw new NumberFormatException("%d is not in %d to %d".formatted(number, least, most));
            }
            bytes[i] = (byte) number;
        }
        return bytes;
    }

    private static boolean[] booleans(IntFunction<String> value, int count) {
        boolean[] booleans = new boolean[count];
        for (int i = 0; i < count; i++) {
            booleans[i] = switch (value.apply(i)) {
                case "1", "true" -> true;
                case "0", "false" -> false;
                default -> throw new NumberFormatException(value.apply(i));
            };
        }
        return booleans;
    }

    /** The type, the shape and the first values of a tensor. */
    static String text(Tensor tensor, int shown) {
        String values = elements(tensor).limit(shown).collect(Collectors.joining(", "));
        return "%s %s%s".formatted(tensor, values, tensor.size() > shown ? " …" : "");
    }

    private static Stream<String> elements(Tensor tensor) {
        return switch (tensor.elementType()) {
            case STRING -> Arrays.stream(tensor.strings());
            case FLOAT, FLOAT16, BFLOAT16 -> {
                float[] floats = tensor.floats();
                yield IntStream.range(0, floats.length).mapToObj(i -> Float.toString(floats[i]));
            }
            case DOUBLE -> Arrays.stream(tensor.doubles()).mapToObj(Double::toString);
            case BOOL -> {
                boolean[] booleans = tensor.booleans();
                yield IntStream.range(0, booleans.length).mapToObj(i -> Boolean.toString(booleans[i]));
            }
            default -> Arrays.stream(tensor.longs()).mapToObj(Long::toString);
        };
    }
}
