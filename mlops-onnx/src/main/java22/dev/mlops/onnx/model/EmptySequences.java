package dev.mlops.onnx.model;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.model.ElementType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes empty sequences, for which the C API of ONNX Runtime has no function: each is what a model of one operator gives.
 * Field numbers are those of {@code onnx.proto3}. Thread-safe.
 */
final class EmptySequences {
    /** At most one for each element type, kept until the JVM ends. */
    private static final Map<ElementType, OrtSession> SESSIONS = new ConcurrentHashMap<>();

    private static final int INT_ATTRIBUTE = 2;

    private EmptySequences() {}

    /** An empty sequence of values of a type, which the caller releases. */
    static long create(ValueType element) throws OrtException {
        if (!(element instanceof ValueType.OfTensor tensor)) {
            throw new InvalidInputException(
                    "sequence", element, "is empty; ONNX Runtime makes empty sequences of tensors only");
        }
        return run(session(tensor.elementType()));
    }

    private static OrtSession session(ElementType type) throws OrtException {
        OrtSession known = SESSIONS.get(type);
        if (known != null) {
            return known;
        }
        OrtSession made = create(model(type.onnxNumber()));
        OrtSession other = SESSIONS.putIfAbsent(type, made);
        if (other != null) {
            made.close();
            return other;
        }
        return made;
    }

    /** Without threads of its own, which would stay as long as it. */
    private static OrtSession create(byte[] model) throws OrtException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            return SharedEnvironment.get().createSession(model, options);
        }
    }

    private static long run(OrtSession session) throws OrtException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment names = arena.allocate(ADDRESS);
            names.set(ADDRESS, 0, arena.allocateFrom("y"));
            MemorySegment outputs = arena.allocate(ADDRESS);
            ForeignApi.run(ForeignApi.handle(session), 0, 0, 0, 0, names.address(), 1, outputs.address());
            return outputs.get(JAVA_LONG, 0);
        }
    }

    private static byte[] model(int type) {
        ProtoBytes element = new ProtoBytes().message(1, new ProtoBytes().number(1, type));
        ProtoBytes sequence = new ProtoBytes().message(4, new ProtoBytes().message(1, element));
        ProtoBytes attribute = new ProtoBytes().text(1, "dtype").number(3, type).number(20, INT_ATTRIBUTE);
        ProtoBytes node = new ProtoBytes().text(2, "y").text(4, "SequenceEmpty").message(5, attribute);
        ProtoBytes output = new ProtoBytes().text(1, "y").message(2, sequence);
        ProtoBytes graph = new ProtoBytes().message(1, node).text(2, "empty").message(12, output);
        ProtoBytes operators = new ProtoBytes().text(1, "").number(2, 18);
        return new ProtoBytes()
                .number(1, 8)
                .message(7, graph)
                .message(8, operators)
                .toByteArray();
    }
}
