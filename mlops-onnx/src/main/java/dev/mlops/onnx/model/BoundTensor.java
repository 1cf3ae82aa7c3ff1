package dev.mlops.onnx.model;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.model.ElementType;
import dev.mlops.api.model.ValueSpec;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The memory of one input or output of a {@link BoundRun}: the elements in row-major order, which ONNX Runtime reads and
 * writes where they lie. Not thread-safe, and not to be touched while the run is going on.
 *
 * <p>The views ({@link #floats()} and the others) hold exactly the elements, from index 0. The same view is given each
 * time while the shape stays, so that asking for it makes no garbage; use its absolute methods, such as {@code put(0,
 * row)}, or mind the position that the last use left. Memory stays readable after {@link BoundRun#close()}.
 */
public final class BoundTensor {
    private final ValueSpec spec;
    private final ElementType type;

    private @Nullable ByteBuffer memory;
    private long[] shape = {};
    private int size;
    private @Nullable Buffer view;

    BoundTensor(ValueSpec spec) {
        this.spec = spec;
        this.type = Objects.requireNonNull(spec.elementType());
    }

    /** Has this stand at the start of {@code memory}, which has native order. */
    @SuppressWarnings("ReferenceEquality") // the same memory, not the same bytes
    void stand(ByteBuffer memory, long[] shape) {
        int count = Elements.count(shape);
        if (memory != this.memory || count != size) {
            view = null;
        }
        this.memory = memory;
        this.shape = shape;
        this.size = count;
    }

    /** The memory, at least as large as the elements; null for an output before the first run. */
    @Nullable
    ByteBuffer memory() {
        return memory;
    }

    /** The name of the input or output. */
    public String name() {
        return spec.name();
    }

    /** The element type. */
    public ElementType elementType() {
        return type;
    }

    /** The size of each dimension; of an output that the inputs do not tell it for, that of the last run. */
    public long[] shape() {
        return shape.clone();
    }

    /** The number of elements; of an output that the inputs do not tell it for, that of the last run. */
    public int size() {
        return size;
    }

    /** The bytes in native order, of every element type; a BOOL is one byte, 0 or 1. */
    public ByteBuffer bytes() {
        return view instanceof ByteBuffer bytes ? bytes : keep(window());
    }

    /** The elements of a FLOAT. */
    public FloatBuffer floats() {
        return view instanceof FloatBuffer floats
                ? floats
                : keep(window("floats", ElementType.FLOAT).asFloatBuffer());
    }

    /** The elements of a DOUBLE. */
    public DoubleBuffer doubles() {
        return view instanceof DoubleBuffer doubles
                ? doubles
                : keep(window("doubles", ElementType.DOUBLE).asDoubleBuffer());
    }

    /** The elements of an INT64, or the bits of a UINT64. */
    public LongBuffer longs() {
        return view instanceof LongBuffer longs
                ? longs
                : keep(window("longs", ElementType.INT64, ElementType.UINT64).asLongBuffer());
    }

    /** The elements of an INT32, or the bits of a UINT32. */
    public IntBuffer ints() {
        return view instanceof IntBuffer ints
                ? ints
                : keep(window("ints", ElementType.INT32, ElementType.UINT32).asIntBuffer());
    }

    /** The elements of an INT16, or the bits of a UINT16, FLOAT16 or BFLOAT16. */
    public ShortBuffer shorts() {
        return view instanceof ShortBuffer shorts
                ? shorts
                : keep(window(
                                "shorts",
                                ElementType.INT16,
                                ElementType.UINT16,
                                ElementType.FLOAT16,
                                ElementType.BFLOAT16)
                        .asShortBuffer());
    }

    private <B extends Buffer> B keep(B made) {
        view = made;
        return made;
    }

    private ByteBuffer window(String form, ElementType... types) {
        if (!Arrays.asList(types).contains(type)) {
            throw new InvalidInputException("bound tensor", this, "cannot be seen as " + form);
        }
        return window();
    }

    private ByteBuffer window() {
        ByteBuffer all = memory;
        if (all == null) {
            throw new InvalidInputException("output", name(), "has no value before the first run");
        }
        return all.duplicate()
                .clear()
                .limit(size * Elements.bytes(type))
                .slice()
                .order(ByteOrder.nativeOrder());
    }

    /** Copies the elements of a tensor of the same type and shape into this one. */
    public void set(Tensor tensor) {
        ByteBuffer all = memory;
        if (all == null || tensor.elementType() != type || !Arrays.equals(tensor.rawShape(), shape)) {
            throw new InvalidInputException("bound tensor '" + name() + "'", tensor, "must be " + this);
        }
        Elements.write(tensor.rawElements(), all);
    }

    /** A copy in Java memory. */
    public Tensor toTensor() {
        return Tensor.owning(type, shape, Elements.read(type, window(), size));
    }

    /** The size of the first dimension; 1 for a scalar. */
    public long firstDimension() {
        return shape.length == 0 ? 1 : shape[0];
    }

    /** The number of elements of one row, that is of one index of the first dimension. */
    public int rowSize() {
        long rows = firstDimension();
        return rows == 0 ? 0 : (int) (size / rows);
    }

    /**
     * Copies a tensor over some of the rows, from row {@code first} on.
     *
     * @param rows a tensor of the same type, whose shape is that of this one but for the first dimension
     */
    public void setRows(int first, Tensor rows) {
        ByteBuffer all = memory;
        int rowSize = rowSize();
        if (all == null
                || rows.elementType() != type
                || first < 0
                || (long) first * rowSize + rows.size() > size
                || !isOfSuchRows(rows.rawShape())) {
            throw new InvalidInputException(
                    "bound tensor '" + name() + "'", rows, "cannot be rows from %d on of %s".formatted(first, this));
        }
        int bytes = Elements.bytes(type);
        ByteBuffer place = all.duplicate()
                .clear()
                .position(first * rowSize * bytes)
                .slice()
                .order(ByteOrder.nativeOrder());
        Elements.write(rows.rawElements(), place);
    }

    private boolean isOfSuchRows(long[] other) {
        return other.length == shape.length
                && shape.length > 0
                && Arrays.equals(other, 1, other.length, shape, 1, shape.length);
    }

    /** A copy of some of the rows in Java memory. */
    public Tensor rows(int first, int count) {
        if (shape.length == 0 || first < 0 || count < 0 || (long) first + count > shape[0]) {
            throw new InvalidInputException("rows", "%d from %d on".formatted(count, first), "are not all in " + this);
        }
        long[] part = shape.clone();
        part[0] = count;
        int rowSize = rowSize();
        int bytes = Elements.bytes(type);
        ByteBuffer place = window().position(first * rowSize * bytes).slice().order(ByteOrder.nativeOrder());
        return Tensor.owning(type, part, Elements.read(type, place, count * rowSize));
    }

    /** Throws unless each BOOL is 0 or 1: of others some operators make one thing and some another. */
    void checkBooleans() {
        ByteBuffer all = memory;
        if (type == ElementType.BOOL && all != null) {
            for (int i = 0; i < size; i++) {
                byte value = all.get(i);
                if ((value & ~1) != 0) {
                    throw new InvalidInputException(
                            "input '" + name() + "'", value, "at byte " + i + " is no BOOL, which is 0 or 1");
                }
            }
        }
    }

    /** Its type and shape, such as {@code FLOAT[1,64]}. */
    @Override
    public String toString() {
        return type + Arrays.toString(shape).replace(" ", "");
    }
}
