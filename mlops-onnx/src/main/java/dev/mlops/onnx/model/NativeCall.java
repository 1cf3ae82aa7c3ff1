package dev.mlops.onnx.model;

import ai.onnxruntime.OrtException;
import dev.mlops.api.model.ElementType;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One call of a session that is prepared once and made many times: native tensors over direct memory of ours. Confined
 * to one thread at a time, but for {@link #terminate()}.
 */
interface NativeCall extends Terminable {
    /** Has an input stand at the start of {@code memory}, which has native order and room for it. */
    void input(int index, ElementType type, ByteBuffer memory, long[] shape) throws OrtException;

    /** Has an output be written to the start of {@code memory}, which has native order and room for it. */
    void output(int index, ElementType type, ByteBuffer memory, long[] shape) throws OrtException;

    /** Runs the model; what outputs without memory hold can be read until the next run. */
    void run() throws OrtException;

    /** The shape that the last run gave an output without memory. */
    long[] shape(int output) throws OrtException;

    /**
     * Copies what the last run gave for an output without memory.
     *
     * @param memory room for it, direct and in native order, or null to have some made
     * @return {@code memory}, or new memory if that is too small
     */
    ByteBuffer copy(int output, @Nullable ByteBuffer memory) throws OrtException;

    /** Lets go of what the last run gave. */
    void release();

    /** How calls are made, for people, such as {@code foreign functions}. */
    String describe();
}
