package dev.mlops.benchmarks.onnx;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import ai.onnxruntime.OrtSession;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;

/** {@code OrtApi::Run} with everything prepared. */
final class ForeignFloor implements Peer {
    private static final MethodHandle RUN = NativeApi.function(
            9, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

    private final Arena arena = Arena.ofShared();
    private final long session;
    private final ForeignTensor[] inputs;
    private final ForeignTensor[] outputs;
    private final Object[] given;
    private final long inputNames;
    private final long outputNames;
    private final long inputValues;
    private final long outputValues;

    ForeignFloor(OrtSession session, NamedArray[] feeds, NamedArray[] room) {
        this.session = NativeApi.handle(session);
        inputs = tensors(feeds);
        outputs = tensors(room);
        given = NamedArray.arrays(room);
        inputNames = pointers(names(feeds));
        outputNames = pointers(names(room));
        inputValues = pointers(values(inputs));
        outputValues = pointers(values(outputs));
    }

    private ForeignTensor[] tensors(NamedArray[] arrays) {
        return Arrays.stream(arrays)
                .map(each -> each.array() instanceof String[]
                        ? new ForeignTexts(arena, each)
                        : new ForeignNumbers(arena, each))
                .toArray(ForeignTensor[]::new);
    }

    private long[] names(NamedArray[] arrays) {
        return Arrays.stream(arrays)
                .mapToLong(each -> arena.allocateFrom(each.name()).address())
                .toArray();
    }

    private static long[] values(ForeignTensor[] tensors) {
        return Arrays.stream(tensors).mapToLong(ForeignTensor::value).toArray();
    }

    private long pointers(long[] values) {
        MemorySegment places = arena.allocateFrom(JAVA_LONG, values);
        return places.address();
    }

    @Override
    public Object[] run(NamedArray[] arrays) {
        for (int i = 0; i < inputs.length; i++) {
            inputs[i].set(arrays[i].array());
        }
        try {
            NativeApi.check((long) RUN.invokeExact(
                    session,
                    0L,
                    inputNames,
                    inputValues,
                    (long) inputs.length,
                    outputNames,
                    (long) outputs.length,
                    outputValues));
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
        for (int i = 0; i < outputs.length; i++) {
            outputs[i].get(given[i]);
        }
        return given;
    }

    /** The process ends soon: the tensors are left to it. */
    @Override
    public void close() {
        arena.close();
    }
}
