package dev.mlops.onnx.model;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Goes through the fields of a message in the protocol buffers wire format, in an array. Not thread-safe. */
final class ProtoFields {
    static final int VARINT = 0;
    static final int LENGTH = 2;

    private final byte[] bytes;
    private final int end;
    private int start;
    private int from;
    private int to;
    private int number;
    private int wireType;
    private long value;

    ProtoFields(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    private ProtoFields(byte[] bytes, int from, int end) {
        this.bytes = bytes;
        this.to = from;
        this.end = end;
    }

    /** Goes to the next field; false after the last. */
    boolean next() throws IOException {
        start = to;
        if (start >= end) {
            return false;
        }
        long tag = varint();
        number = Math.toIntExact(Math.min(tag >>> 3, Integer.MAX_VALUE));
        wireType = (int) (tag & 7);
        from = to;
        switch (wireType) {
            case VARINT -> value = varint();
            case 1 -> skip(Long.BYTES);
            case LENGTH -> {
                long length = varint();
                from = to;
                skip(length);
            }
            case 5 -> skip(Integer.BYTES);
            default -> throw new IOException("wire type " + wireType);
        }
        return true;
    }

    private long varint() throws IOException {
        long read = 0;
        for (int shift = 0; shift < Long.SIZE && to < end; shift += 7) {
            byte octet = bytes[to++];
            read |= (long) (octet & 0x7F) << shift;
            if (octet >= 0) {
                return read;
            }
        }
        throw new IOException("integer of more than 10 bytes, or without an end");
    }

    private void skip(long length) throws IOException {
        if (length < 0 || length > end - to) {
            throw new IOException("length of " + length + " bytes where " + (end - to) + " are left");
        }
        to += (int) length;
    }

    /** True if this field has such a number and holds bytes, a text or a message. */
    boolean is(int field) {
        return number == field && wireType == LENGTH;
    }

    int number() {
        return number;
    }

    boolean isVarint() {
        return wireType == VARINT;
    }

    long value() {
        return value;
    }

    String text() {
        return new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }

    ProtoFields message() {
        return new ProtoFields(bytes, from, to);
    }

    /** The numbers of a field that may be packed. */
    long[] numbers() throws IOException {
        if (wireType == VARINT) {
            return new long[] {value};
        }
        ProtoFields packed = message();
        long[] numbers = new long[to - from];
        int count = 0;
        while (packed.to < packed.end) {
            numbers[count++] = packed.varint();
        }
        return Arrays.copyOf(numbers, count);
    }

    /** Writes this field as it is. */
    void copyTo(ProtoBytes target) {
        target.raw(bytes, start, to - start);
    }
}
