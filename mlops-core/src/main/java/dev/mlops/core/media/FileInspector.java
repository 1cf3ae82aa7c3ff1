package dev.mlops.core.media;

import java.util.Arrays;

/**
 * Looks into a file while its bytes go by: its media type, the size of an image, the duration of sound and video, the rows
 * and columns of a table. Whatever the bytes are, it throws nothing, keeps at most 256 KiB of them, and what does not make
 * sense is told as not known. What it finds does not depend on the pieces in which the bytes come. Costs next to nothing
 * for files with nothing to find. For one file and one thread.
 */
public final class FileInspector {
    private final String path;
    private byte[] head = {};
    private String mediaType = "";
    private boolean isBegun;
    private Probe probe = Probe.NOTHING;

    private FileInspector(String path) {
        this.path = path;
    }

    /**
     * An inspector that tells the media type too.
     *
     * @param path the file's path with {@code /}
     */
    public static FileInspector of(String path) {
        return new FileInspector(path);
    }

    /** The next bytes of the file. They are not kept, and not changed. */
    public void update(byte[] bytes, int offset, int length) {
        if (isBegun) {
            probe.update(bytes, offset, length);
        } else if (head.length == 0 && length >= MediaTypes.HEAD) {
            begin(bytes, offset, length);
        } else {
            collect(bytes, offset, length);
        }
    }

    private void collect(byte[] bytes, int offset, int length) {
        int n = Math.min(length, MediaTypes.HEAD - head.length);
        head = Arrays.copyOf(head, head.length + n);
        System.arraycopy(bytes, offset, head, head.length - n, n);
        if (head.length == MediaTypes.HEAD) {
            begin(head, 0, head.length);
            probe.update(bytes, offset + n, length - n);
        }
    }

    private void begin(byte[] bytes, int offset, int length) {
        isBegun = true;
        mediaType = MediaTypes.of(path, bytes, offset, length);
        probe = Probe.of(mediaType);
        probe.update(bytes, offset, length);
        head = new byte[0];
    }

    /** What was found; to be asked once, after the last byte. */
    public Inspection finish() {
        if (!isBegun) {
            begin(head, 0, head.length);
        }
        return probe.finish(mediaType);
    }

    /** What was found in a file that is in memory as a whole. */
    public static Inspection inspect(String path, byte[] bytes, int offset, int length) {
        FileInspector inspector = of(path);
        inspector.begin(bytes, offset, length);
        return inspector.finish();
    }
}
