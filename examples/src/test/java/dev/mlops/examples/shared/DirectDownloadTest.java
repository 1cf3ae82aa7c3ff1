package dev.mlops.examples.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.github.luben.zstd.Zstd;
import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.DownloadPart;
import dev.mlops.api.dataset.FileSource;
import dev.mlops.api.dataset.PublishOptions;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.project.Project;
import dev.mlops.testkit.fixture.Scene;
import dev.mlops.testkit.object.TestBodies;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Reads files from S3 with nothing but an HTTP client and zstd. */
class DirectDownloadTest {
    private final HttpClient http = HttpClient.newHttpClient();
    private final Project project = SharedStore.mlops().projects().create(Scene.freshName());

    @Test
    void aFileIsDownloadedFromTheObjectStoreItself() throws Exception {
        Map<String, byte[]> files = Map.of(
                "empty", new byte[0],
                "small.txt", "hello".getBytes(StandardCharsets.UTF_8),
                "repeated.csv", "1,2,3\n".repeat(20_000).getBytes(StandardCharsets.UTF_8),
                "noise.bin", TestBodies.noise(3_500_000, 1),
                "large.csv", "some,text\n".repeat(400_000).getBytes(StandardCharsets.UTF_8));
        DatasetVersion version = project.datasets()
                .publish(
                        "data",
                        files.entrySet().stream()
                                .map(file -> FileSource.of(file.getKey(), file.getValue()))
                                .iterator(),
                        PublishOptions.defaults());

        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            List<DownloadPart> parts = project.datasets()
                    .directDownload(version, file.getKey(), Duration.ofMinutes(5))
                    .orElseThrow();
            assertThat(download(parts)).as(file.getKey()).isEqualTo(file.getValue());
        }
        assertThat(parts(version, "noise.bin")).hasSizeGreaterThan(1).noneMatch(DownloadPart::isCompressed);
        assertThat(parts(version, "repeated.csv")).singleElement().matches(DownloadPart::isCompressed);
        assertThat(parts(version, "small.txt").get(0).toString()).doesNotContain("Signature");
    }

    @Test
    void aFileThatIsNotThereHasNoAddress() {
        DatasetVersion version = Scene.publish(project, "data", "1,2,3");

        assertThatExceptionOfType(NotFoundException.class)
                .isThrownBy(() -> parts(version, "other.csv"))
                .withMessageContaining("other.csv");
    }

    private List<DownloadPart> parts(DatasetVersion version, String path) {
        return project.datasets()
                .directDownload(version, path, Duration.ofMinutes(5))
                .orElseThrow();
    }

    private byte[] download(List<DownloadPart> parts) throws IOException, InterruptedException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        for (DownloadPart part : parts) {
            HttpResponse<byte[]> answer = http.send(
                    HttpRequest.newBuilder(part.uri())
                            .header("Range", part.range())
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
            assertThat(answer.statusCode()).isEqualTo(206);
            byte[] stored = answer.body();
            byte[] raw = part.isCompressed() ? Zstd.decompress(stored, (int) part.rawLength()) : stored;
            assertThat(Sha256.of(raw)).isEqualTo(part.sha256());
            file.write(raw);
        }
        return file.toByteArray();
    }
}
