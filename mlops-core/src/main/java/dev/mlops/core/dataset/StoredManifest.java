package dev.mlops.core.dataset;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.core.file.PathOrder;
import java.io.InputStream;
import java.util.Optional;

/**
 * A manifest in the content store, of which any part can be read without the rest: lines are found by their path with a
 * binary search over its bytes, which works because it is sorted. Thread-safe.
 */
final class StoredManifest {
    /** Where a search stops halving and reads line by line. */
    private static final int SMALL = 4 * 1024;

    private static final byte[] NOTHING = {};

    private final PieceCache pieces;
    private final Sha256 digest;

    StoredManifest(PieceCache pieces, Sha256 digest) {
        this.pieces = pieces;
        this.digest = digest;
    }

    /** All files; checks everything on the way. */
    ManifestReader read() {
        return new ManifestReader(bytesFrom(0));
    }

    /** The file with a path. */
    Optional<FileEntry> find(String path) {
        ManifestCursor cursor = from(path);
        return cursor.advance() && cursor.entry().path().equals(path) ? Optional.of(cursor.entry()) : Optional.empty();
    }

    /** A cursor before the first file. */
    ManifestCursor fromStart() {
        ManifestCursor cursor = new ManifestCursor(bytesFrom(0), 0);
        cursor.skipHeader();
        return cursor;
    }

    /** A cursor before the first file whose path is {@code path} or comes after it. */
    ManifestCursor from(String path) {
        ManifestCursor cursor = cursorBefore(path);
        cursor.skipBefore(path);
        return cursor;
    }

    /**
     * A cursor before the line that begins at an offset, which somebody may have made up.
     *
     * @throws InvalidInputException if no file's line begins there
     */
    ManifestCursor at(long offset) {
        if (offset < 1 || byteAt(offset - 1) != '\n' || byteAt(offset) < 0) {
            throw new InvalidInputException("page token", offset, "is not of this list");
        }
        return new ManifestCursor(bytesFrom(offset), offset);
    }

    /** The piece that an offset lies in. */
    private byte[] piece(long offset) {
        byte[] first = pieces.piece(digest, 0);
        if (offset < PieceCache.PIECE) {
            return first;
        }
        boolean isOnlyPiece = first.length < PieceCache.PIECE;
        return isOnlyPiece ? NOTHING : pieces.piece(digest, offset / PieceCache.PIECE);
    }

    private int byteAt(long offset) {
        byte[] piece = piece(offset);
        int inPiece = (int) (offset % PieceCache.PIECE);
        return inPiece < piece.length ? piece[inPiece] : -1;
    }

    private ManifestCursor cursorBefore(String path) {
        long low = 0; // a line begins here, and it is the header or lies before the path
        long high = end(path); // no line that begins here or behind lies before the path
        while (high - low > SMALL) {
            long middle = low + (high - low) / 2;
            long line = lineAfter(middle);
            if (line >= high || !isBefore(line, path)) {
                high = middle;
            } else {
                low = line;
            }
        }
        return low == 0 ? fromStart() : new ManifestCursor(bytesFrom(low), low);
    }

    /** An offset at or behind the path's line, found with few pieces read. */
    private long end(String path) {
        long index = 1;
        while (isBefore(lineAfter(index * PieceCache.PIECE), path)) {
            index *= 2;
        }
        return index * PieceCache.PIECE;
    }

    /** Where the first line begins that begins behind an offset; where there is none, at or behind the end. */
    private long lineAfter(long offset) {
        long line = offset;
        int found = byteAt(line);
        while (found >= 0 && found != '\n') {
            found = byteAt(++line);
        }
        return line + 1;
    }

    private boolean isBefore(long line, String path) {
        if (byteAt(line) < 0) {
            return false;
        }
        ManifestCursor cursor = new ManifestCursor(bytesFrom(line), line);
        return cursor.advance()
                && PathOrder.BY_CODE_POINT.compare(cursor.entry().path(), path) < 0;
    }

    private InputStream bytesFrom(long offset) {
        return new InputStream() {
            private long position = offset;

            @Override
            public int read() {
                int b = byteAt(position);
                position += b < 0 ? 0 : 1;
                return b;
            }

            @Override
            public int read(byte[] target, int at, int length) {
                byte[] piece = piece(position);
                int inPiece = (int) (position % PieceCache.PIECE);
                int n = Math.min(length, piece.length - inPiece);
                if (n <= 0) {
                    return length == 0 ? 0 : -1;
                }
                System.arraycopy(piece, inPiece, target, at, n);
                position += n;
                return n;
            }
        };
    }
}
