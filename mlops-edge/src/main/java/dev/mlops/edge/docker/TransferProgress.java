package dev.mlops.edge.docker;

import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.Progress;
import dev.mlops.api.progress.ProgressListener;
import dev.mlops.api.spi.device.ModelArtifact;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Tells how far one transfer is, at most ten times a second, and ends it when it is cancelled. For one thread. */
final class TransferProgress {
    private static final long PAUSE_NANOS = 100_000_000;

    private final ModelArtifact artifact;
    private final ProgressListener listener;
    private final Cancellation cancellation;
    private final long totalBytes;
    private long sentBytes;
    private long toldAt = System.nanoTime();

    TransferProgress(ModelArtifact artifact, ProgressListener listener, Cancellation cancellation) {
        this.artifact = artifact;
        this.listener = listener;
        this.cancellation = cancellation;
        this.totalBytes = artifact.totalBytes();
    }

    void check() {
        cancellation.check("transfer of model " + artifact.digest().shortHex());
    }

    /** The archive, whose headers and padding are not counted beyond the size of the files. */
    InputStream counting(InputStream archive) {
        return new FilterInputStream(archive) {
            @Override
            public int read() throws IOException {
                int one = super.read();
                count(one < 0 ? 0 : 1);
                return one;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                check();
                int count = super.read(bytes, offset, length);
                count(Math.max(count, 0));
                return count;
            }
        };
    }

    private void count(int bytes) {
        sentBytes = Math.min(totalBytes, sentBytes + bytes);
        long now = System.nanoTime();
        if (now - toldAt >= PAUSE_NANOS) {
            toldAt = now;
            listener.onProgress(new Progress(0, artifact.files().size(), sentBytes, totalBytes, sentBytes));
        }
    }

    void finished() {
        int files = artifact.files().size();
        listener.onProgress(new Progress(files, files, totalBytes, totalBytes, sentBytes));
    }
}
