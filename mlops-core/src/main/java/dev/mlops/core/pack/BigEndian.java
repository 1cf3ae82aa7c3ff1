package dev.mlops.core.pack;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Reads and writes numbers in arrays, most significant byte first. */
final class BigEndian {
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private BigEndian() {}

    static int intAt(byte[] bytes, int at) {
        return (int) INTS.get(bytes, at);
    }

    static long longAt(byte[] bytes, int at) {
        return (long) LONGS.get(bytes, at);
    }

    static void putInt(byte[] bytes, int at, int value) {
        INTS.set(bytes, at, value);
    }

    static void putLong(byte[] bytes, int at, long value) {
        LONGS.set(bytes, at, value);
    }

    static BlobId idAt(byte[] bytes, int at) {
        return new BlobId(longAt(bytes, at), longAt(bytes, at + 8), longAt(bytes, at + 16), longAt(bytes, at + 24));
    }

    static void putId(byte[] bytes, int at, BlobId id) {
        putLong(bytes, at, id.a());
        putLong(bytes, at + 8, id.b());
        putLong(bytes, at + 16, id.c());
        putLong(bytes, at + 24, id.d());
    }
}
