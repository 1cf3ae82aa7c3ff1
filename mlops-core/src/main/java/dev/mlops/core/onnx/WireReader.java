package dev.mlops.core.onnx;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Pulls fields from a stream in the protocol buffers wire format (protobuf.dev, "Encoding"). Nothing that a length says
 * is believed: lengths are checked against the enclosing message, texts grow as their bytes arrive, and what is kept in
 * all is bounded.
 */
final class WireReader {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int DELIMITED = 2;
    private static final int FIXED32 = 5;
    private static final int CHUNK = 8 * 1024;
    private static final int COST_OF_ONE = 64;
    private static final long MOST_KEPT = 128L << 20;
    private static final int LONGEST_VARINT = 10;

    private final InputStream in;
    private final byte[] scratch = new byte[CHUNK];

    private long position;
    private long end;
    private long kept;
    private int field;
    private int wireType;

    /** Reads {@code in}, which should be buffered, for {@code length} bytes, or to its end if that is -1. */
    WireReader(InputStream in, long length) {
        this.in = in;
        this.end = length < 0 ? Long.MAX_VALUE : length;
    }

    /** Moves to the next field of the current message; false at its end. */
    boolean next() throws IOException, MalformedModelException {
        if (position >= end) {
            return false;
        }
        int first = in.read();
        if (first < 0) {
            return endOfStream();
        }
        position++;
        long tag = varintFrom(first);
        field = (int) (tag >>> 3);
        wireType = (int) (tag & 7);
        if (tag >>> 32 != 0 || field == 0) {
            throw malformed("has a field number out of range");
        }
        return true;
    }

    /** The number of the current field. */
    int field() {
        return field;
    }

    /** Reads the current field as an integer. */
    long varint() throws IOException, MalformedModelException {
        expect(VARINT);
        return rawVarint();
    }

    /** Reads the current field as a text. */
    String text() throws IOException, MalformedModelException {
        expect(DELIMITED);
        long length = length();
        keep(length);
        byte[] bytes = bytes((int) length);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw malformed("has a text that is not UTF-8");
        }
    }

    /** Reads the current field as a message: {@code body} sees its fields only, and what it leaves is skipped. */
    void message(Body body) throws IOException, MalformedModelException {
        expect(DELIMITED);
        keep(0);
        long length = length();
        long outer = end;
        end = position + length;
        body.read();
        skip(end - position);
        end = outer;
    }

    /** Passes over the current field without keeping any of it. */
    void skip() throws IOException, MalformedModelException {
        switch (wireType) {
            case VARINT -> rawVarint();
            case FIXED64 -> skip(Long.BYTES);
            case DELIMITED -> skip(length());
            case FIXED32 -> skip(Integer.BYTES);
            default -> throw malformed("has a field of wire type " + wireType);
        }
    }

    MalformedModelException malformed(String what) {
        return new MalformedModelException("is no readable ONNX model: " + what + " (near byte " + position + ")");
    }

    private boolean endOfStream() throws EOFException {
        if (end != Long.MAX_VALUE) {
            throw new EOFException();
        }
        return false;
    }

    private void expect(int wanted) throws MalformedModelException {
        if (wireType != wanted) {
            throw malformed("has field " + field + " with wire type " + wireType + " where " + wanted + " belongs");
        }
    }

    private long length() throws IOException, MalformedModelException {
        long length = rawVarint();
        if (length < 0) {
            throw malformed("has a negative length");
        }
        if (length > end - position) {
            throw malformed("has a length of " + length + " bytes where " + (end - position) + " are left");
        }
        return length;
    }

    private void keep(long bytes) throws MalformedModelException {
        kept += COST_OF_ONE;
        if (bytes > MOST_KEPT - kept) {
            throw malformed("has more than " + (MOST_KEPT >> 20) + " MiB of names, types and metadata");
        }
        kept += bytes;
    }

    private byte[] bytes(int length) throws IOException {
        byte[] bytes = new byte[Math.min(length, CHUNK)];
        int filled = 0;
        while (filled < length) {
            if (filled == bytes.length) {
                bytes = Arrays.copyOf(bytes, (int) Math.min(length, bytes.length * 2L));
            }
            int read = in.readNBytes(bytes, filled, bytes.length - filled);
            if (read == 0) {
                throw new EOFException();
            }
            filled += read;
        }
        position += length;
        return bytes;
    }

    private void skip(long length) throws IOException {
        if (length > end - position) {
            throw new EOFException();
        }
        position += length;
        if (length > 0) {
            skipUnchecked(length - 1);
            if (in.read() < 0) {
                throw new EOFException();
            }
        }
    }

    /** A file stream skips past its end without a word; reading the byte after what was skipped reveals it. */
    private void skipUnchecked(long length) throws IOException {
        long left = length;
        while (left > 0) {
            long skipped = in.skip(left);
            left -= skipped > 0 ? skipped : readAway(left);
        }
    }

    private int readAway(long most) throws IOException {
        int read = in.read(scratch, 0, (int) Math.min(most, scratch.length));
        if (read < 0) {
            throw new EOFException();
        }
        return read;
    }

    private long rawVarint() throws IOException, MalformedModelException {
        return varintFrom(octet());
    }

    private long varintFrom(int first) throws IOException, MalformedModelException {
        long value = first & 0x7F;
        int octet = first;
        for (int i = 1; octet >= 0x80; i++) {
            if (i == LONGEST_VARINT) {
                throw malformed("has an integer of more than 10 bytes");
            }
            octet = octet();
            value |= (long) (octet & 0x7F) << (7 * i);
        }
        return value;
    }

    private int octet() throws IOException {
        int octet = position < end ? in.read() : -1;
        if (octet < 0) {
            throw new EOFException();
        }
        position++;
        return octet;
    }

    /** Reads the fields of one message. */
    interface Body {
        void read() throws IOException, MalformedModelException;
    }
}
