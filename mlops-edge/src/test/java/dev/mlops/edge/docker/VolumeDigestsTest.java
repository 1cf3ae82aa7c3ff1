package dev.mlops.edge.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.ProgressListener;
import dev.mlops.api.spi.device.ModelArtifact;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;

class VolumeDigestsTest {
    private static final byte[] BYTES = "weights".getBytes(java.nio.charset.StandardCharsets.UTF_8);

    private final Cancellation cancellation = new Cancellation();

    @Test
    void hashesFilesByTheirPathInTheVolume() throws IOException {
        byte[] tar = tar(new TarArchiveEntry("models/"), file("models/sub/model.onnx"));

        assertThat(digests(tar, 100))
                .isEqualTo(Map.of("sub/model.onnx", Sha256.of(BYTES).hex()));
    }

    @Test
    void refusesLinksAndDevices() throws IOException {
        TarArchiveEntry link = new TarArchiveEntry("models/model.onnx", TarConstants.LF_SYMLINK);
        link.setLinkName("/etc/passwd");
        TarArchiveEntry device = new TarArchiveEntry("models/model.onnx", TarConstants.LF_CHR);

        for (TarArchiveEntry entry : List.of(link, device)) {
            byte[] hostile = tar(entry);
            assertThatThrownBy(() -> digests(hostile, 100)).isInstanceOf(IntegrityException.class);
        }
    }

    @Test
    void refusesMoreBytesThanWereSent() throws IOException {
        byte[] tar = tar(file("models/a"), file("models/b"));

        assertThatThrownBy(() -> digests(tar, BYTES.length))
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining("models/b");
    }

    @Test
    void failsWhenTheArchiveBreaksOff() throws IOException {
        byte[] tar = tar(file("models/a"));

        assertThatThrownBy(() -> digests(Arrays.copyOf(tar, 515), 100)).isInstanceOf(IOException.class);
    }

    @Test
    void endsWhenItIsCancelled() throws IOException {
        byte[] tar = tar(file("models/a"));
        cancellation.cancel();

        assertThatThrownBy(() -> digests(tar, 100)).isInstanceOf(CancelledException.class);
    }

    private Map<String, String> digests(byte[] tar, long maxBytes) throws IOException {
        ModelArtifact artifact = new ModelArtifact(Sha256.of(BYTES), List.of());
        TransferProgress progress = new TransferProgress(artifact, ProgressListener.NONE, cancellation);
        return VolumeDigests.of(new TarArchiveInputStream(new ByteArrayInputStream(tar)), maxBytes, progress);
    }

    private static TarArchiveEntry file(String path) {
        TarArchiveEntry entry = new TarArchiveEntry(path);
        entry.setSize(BYTES.length);
        return entry;
    }

    private static byte[] tar(TarArchiveEntry... entries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            for (TarArchiveEntry entry : entries) {
                tar.putArchiveEntry(entry);
                tar.write(BYTES, 0, (int) entry.getSize());
                tar.closeArchiveEntry();
            }
        }
        return bytes.toByteArray();
    }
}
