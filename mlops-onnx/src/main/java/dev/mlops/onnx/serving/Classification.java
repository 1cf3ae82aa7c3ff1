package dev.mlops.onnx.serving;

import static dev.mlops.onnx.serving.ProtocolException.badRequest;

import dev.mlops.api.model.ElementType;
import dev.mlops.onnx.model.Tensor;
import java.util.Comparator;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * The highest values of an output, as the classification extension of Triton Inference Server gives them: BYTES of shape
 * {@code [rows, count]}, or {@code [count]} of an output that has no rows, each element {@code <value>:<index>}.
 */
final class Classification {
    private final int count;
    private final IntFunction<String> text;
    private final Comparator<Integer> highestFirst;

    private Classification(int count, IntFunction<String> text, Comparator<Integer> highestFirst) {
        this.count = count;
        this.text = text;
        this.highestFirst = highestFirst;
    }

    static Tensor of(String output, Tensor scores, int count) throws ProtocolException {
        long[] shape = scores.shape();
        if (scores.elementType() == ElementType.STRING || scores.elementType() == ElementType.BOOL) {
            throw badRequest("outputs", "'" + output + "' has no numbers to classify");
        }
        int rows = shape.length > 1 ? (int) shape[0] : 1;
        int classes = rows == 0 ? 0 : scores.size() / rows;
        int most = Math.min(count, classes);
        String[] texts = of(scores, most).rows(rows, classes);
        return shape.length > 1 ? Tensor.strings(texts, rows, most) : Tensor.strings(texts, most);
    }

    private static Classification of(Tensor scores, int count) {
        return switch (scores.elementType()) {
            case FLOAT, FLOAT16, BFLOAT16, FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ, FLOAT4E2M1 -> {
                float[] values = scores.floats();
                yield new Classification(
                        count,
                        index -> Float.toString(values[index]),
                        (one, other) -> Float.compare(values[other], values[one]));
            }
            case DOUBLE -> {
                double[] values = scores.doubles();
                yield new Classification(
                        count,
                        index -> Double.toString(values[index]),
                        (one, other) -> Double.compare(values[other], values[one]));
            }
            case UINT64 -> {
                long[] values = scores.longs();
                yield new Classification(
                        count,
                        index -> Long.toUnsignedString(values[index]),
                        (one, other) -> Long.compareUnsigned(values[other], values[one]));
            }
            default -> {
                long[] values = scores.longs();
                yield new Classification(
                        count,
                        index -> Long.toString(values[index]),
                        (one, other) -> Long.compare(values[other], values[one]));
            }
        };
    }

    private String[] rows(int rows, int classes) {
        return IntStream.range(0, rows)
                .mapToObj(row -> row * classes)
                .flatMap(first -> IntStream.range(first, first + classes)
                        .boxed()
                        .sorted(highestFirst)
                        .limit(count)
                        .map(index -> text.apply(index) + ":" + (index - first)))
                .toArray(String[]::new);
    }
}
