package dev.mlops.edge.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.spi.device.ModelArtifact;
import dev.mlops.api.spi.object.ObjectBody;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;

class ModelTarTest {
    @Property(tries = 200)
    void whatIsSentIsWhatAnUnpackerFinds(
            @ForAll @Size(min = 1, max = 8) List<@AlphaChars @StringLength(min = 1, max = 300) String> names,
            @ForAll @IntRange(max = 3000) int size)
            throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (String name : names) {
            files.put("a/" + name + "-ü", new byte[size + files.size()]);
        }

        Map<String, Integer> found = new LinkedHashMap<>();
        try (TarArchiveInputStream tar = new TarArchiveInputStream(ModelTar.of(artifact(files)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                found.put(entry.getName(), tar.readAllBytes().length);
            }
        }

        assertThat(found.keySet()).containsExactlyElementsOf(files.keySet());
        assertThat(found.values())
                .containsExactlyElementsOf(
                        files.values().stream().map(b -> b.length).toList());
    }

    @Test
    void announcesAFileOfMoreThanEightGibibytes() throws IOException {
        long size = 9L << 30;
        ModelArtifact huge = new ModelArtifact(
                Sha256.of(new byte[0]),
                List.of(new ModelArtifact.File("model.onnx", Sha256.of(new byte[0]), stated(size, new byte[0]))));
        try (TarArchiveInputStream tar = new TarArchiveInputStream(ModelTar.of(huge))) {
            assertThat(tar.getNextEntry().getSize()).isEqualTo(size);
        }
    }

    @Test
    void filesAreReadableByTheSandboxAndWritableByNobody() throws IOException {
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(ModelTar.of(artifact(Map.of("model.onnx", new byte[3]))))) {
            TarArchiveEntry entry = tar.getNextEntry();
            assertThat(entry.getMode() & 0777).isEqualTo(0444);
            assertThat(entry.getLongUserId()).isZero();
        }
    }

    @Test
    void refusesAFileThatIsShorterOrLongerThanAnnounced() {
        for (long stated : new long[] {9, 11}) {
            ModelArtifact wrong = new ModelArtifact(
                    Sha256.of(new byte[0]),
                    List.of(new ModelArtifact.File(
                            "model.onnx", Sha256.of(new byte[10]), stated(stated, new byte[10]))));

            assertThatThrownBy(() -> ModelTar.of(wrong).readAllBytes())
                    .isInstanceOf(IntegrityException.class)
                    .hasMessageContaining("model.onnx");
        }
    }

    @Test
    void namesTheFileThatCannotBeRead() throws IOException {
        InputStream broken = InputStream.nullInputStream();
        broken.close();
        ModelArtifact unreadable = new ModelArtifact(
                Sha256.of(new byte[0]),
                List.of(new ModelArtifact.File("model.onnx", Sha256.of(new byte[0]), new Stated(1, broken))));

        assertThatThrownBy(() -> ModelTar.of(unreadable).readAllBytes())
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("model.onnx")
                .hasMessageContaining("Stream closed");
    }

    @Test
    void closingEarlyOpensNoMoreFiles() throws IOException {
        AtomicInteger opened = new AtomicInteger();
        ModelTar.Opener opener = () -> {
            opened.incrementAndGet();
            return new ByteArrayInputStream(new byte[10]);
        };
        try (InputStream stream =
                new LazyConcatenation(Stream.of(opener, opener, opener).iterator())) {
            assertThat(stream.read()).isZero();
        }
        assertThat(opened).hasValue(1);
    }

    private static ModelArtifact artifact(Map<String, byte[]> files) {
        return new ModelArtifact(
                Sha256.of(new byte[0]),
                files.entrySet().stream()
                        .map(file -> new ModelArtifact.File(
                                file.getKey(), Sha256.of(file.getValue()), ObjectBody.of(file.getValue())))
                        .toList());
    }

    private static ObjectBody stated(long length, byte[] bytes) {
        return new Stated(length, new ByteArrayInputStream(bytes));
    }

    private record Stated(long length, InputStream open) implements ObjectBody {}
}
