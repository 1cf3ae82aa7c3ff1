package dev.mlops.core.media;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.mlops.api.dataset.MediaFacts;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileInspectorTest {
    @ParameterizedTest
    @ValueSource(strings = {"png", "jpg", "gif", "bmp", "tiff"})
    void theSizeOfAnImageIsFound(String format) {
        assertThat(facts("x." + format, MediaFiles.image(format, 37, 23))).isEqualTo(size(37, 23));
        assertThat(facts("no-name", MediaFiles.image(format, 300, 200))).isEqualTo(size(300, 200));
    }

    @Test
    void webpHasThreeFormsOfSizes() {
        assertThat(facts("x.webp", MediaFiles.webp("VP8 "))).isEqualTo(size(550, 368));
        assertThat(facts("x.webp", MediaFiles.webp("VP8L"))).isEqualTo(size(400, 301));
        assertThat(facts("x.webp", MediaFiles.webp("VP8X"))).isEqualTo(size(800, 600));
    }

    @Test
    void theMainPictureOfAnHeifCounts() {
        assertThat(facts("x.heic", MediaFiles.heif("heic"))).isEqualTo(size(4032, 3024));
        assertThat(facts("x.avif", MediaFiles.heif("avif"))).isEqualTo(size(4032, 3024));
    }

    @Test
    void bigTiffIsRead() {
        assertThat(facts("slide.tif", MediaFiles.bigTiff())).isEqualTo(size(70_000, 900));
    }

    @Test
    void aJpegWithMuchMetadataHasASize() {
        byte[] jpeg = MediaFiles.image("jpg", 640, 480);
        byte[] segment = new byte[60_000];
        ByteBuffer.wrap(segment).putShort((short) 0xffe1).putShort((short) (segment.length - 2));
        byte[] start = Arrays.copyOf(jpeg, 2);
        byte[] rest = Arrays.copyOfRange(jpeg, 2, jpeg.length);
        byte[] large = MediaFiles.join(start, segment, segment, segment, segment, segment, segment, rest);
        assertThat(facts("x.jpg", large)).isEqualTo(size(640, 480));
    }

    @Test
    void soundHasADuration() {
        assertThat(facts("x.wav", MediaFiles.wave(1250))).isEqualTo(millis(1250));
        assertThat(facts("x.flac", MediaFiles.flac())).isEqualTo(millis(1500));
        assertThat(facts("x.mp3", MediaFiles.mp3(100))).isEqualTo(millis(2612));
        assertThat(facts("x.ogg", MediaFiles.ogg())).isEqualTo(millis(2000));
        assertThat(facts("x.opus", MediaFiles.opus())).isEqualTo(millis(1000));
    }

    @Test
    void anMp3MayHaveTags() {
        byte[] before = MediaFiles.join(MediaFiles.ascii("ID3\4\0\0\0\0\1\0"), new byte[128]);
        byte[] after = MediaFiles.join(MediaFiles.ascii("TAG"), new byte[125]);
        assertThat(facts("x.mp3", MediaFiles.mp3(100, before, after))).isEqualTo(millis(2612));
        assertThat(facts("x.mp3", MediaFiles.mp3(100, before, MediaFiles.ascii("something"))))
                .isEqualTo(MediaFacts.NONE);
    }

    @Test
    void aTruncatedWaveIsAsLongAsWhatIsThere() {
        byte[] wave = MediaFiles.wave(1000);
        assertThat(facts("x.wav", Arrays.copyOf(wave, wave.length - 8000))).isEqualTo(millis(500));
    }

    @Test
    void videoHasASizeAndADuration() {
        MediaFacts expected = new MediaFacts(1280, 720, 150_500L, null);
        assertThat(facts("x.mp4", MediaFiles.mp4(5000, false))).isEqualTo(expected);
        assertThat(facts("x.mov", MediaFiles.mp4(5_000_000, true)))
                .as("header at the end")
                .isEqualTo(expected);
        assertThat(facts("x.webm", MediaFiles.webm())).isEqualTo(new MediaFacts(640, 360, 12_500L, null));
        assertThat(facts("x.avi", MediaFiles.avi())).isEqualTo(new MediaFacts(320, 240, 20_000L, null));
    }

    @Test
    void whatMakesNoSenseIsNotKnown() {
        byte[] png = MediaFiles.image("png", 3, 3);
        ByteBuffer.wrap(png).putInt(16, Integer.MAX_VALUE);
        assertThat(facts("x.png", png)).isEqualTo(MediaFacts.NONE);
        ByteBuffer.wrap(png).putInt(16, 0);
        assertThat(facts("x.png", png)).isEqualTo(MediaFacts.NONE);
        byte[] endless = MediaFiles.join(
                MediaFiles.box("ftyp", MediaFiles.ascii("mp42")),
                MediaFiles.int32(1_900_000_000),
                MediaFiles.ascii("moov"),
                MediaFiles.int32(1_800_000_000),
                MediaFiles.ascii("mvhd"),
                new byte[8]);
        assertThat(facts("x.mp4", endless)).isEqualTo(MediaFacts.NONE);
        assertThat(facts("x.mp4", MediaFiles.join(new byte[4], MediaFiles.ascii("ftypisom"), new byte[5000])))
                .isEqualTo(MediaFacts.NONE);
    }

    @Test
    void boxesWithinBoxesEndSomewhere() {
        byte[] inner = new byte[0];
        for (int i = 0; i < 20_000; i++) {
            inner = i < 5000 ? MediaFiles.box("trak", inner) : inner;
        }
        byte[] deep = MediaFiles.join(MediaFiles.box("ftyp", MediaFiles.ascii("mp42")), MediaFiles.box("moov", inner));
        assertThat(facts("x.mp4", deep)).isEqualTo(MediaFacts.NONE);
    }

    @Test
    void whatIsFoundDoesNotDependOnThePieces() {
        for (Map.Entry<String, byte[]> file : samples().entrySet()) {
            Inspection whole = inspect(file.getKey(), file.getValue(), Integer.MAX_VALUE);
            for (int piece : new int[] {1, 3, 7, 1000, 8192, 100_000}) {
                assertThat(inspect(file.getKey(), file.getValue(), piece))
                        .as("%s in pieces of %d", file.getKey(), piece)
                        .isEqualTo(whole);
            }
            assertThat(FileInspector.inspect(file.getKey(), file.getValue(), 0, file.getValue().length))
                    .isEqualTo(whole);
        }
    }

    @Test
    void truncatedFilesAreNoTrouble() {
        for (Map.Entry<String, byte[]> file : samples().entrySet()) {
            int length = Math.min(2000, file.getValue().length);
            for (int i = 0; i < length; i++) {
                assertThat(facts(file.getKey(), Arrays.copyOf(file.getValue(), i)))
                        .isNotNull();
            }
        }
    }

    static Map<String, byte[]> samples() {
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (String format : new String[] {"png", "jpg", "gif", "bmp", "tiff"}) {
            files.put("a." + format, MediaFiles.image(format, 120, 90));
        }
        files.put("a.webp", MediaFiles.webp("VP8L"));
        files.put("a.heic", MediaFiles.heif("heic"));
        files.put("big.tif", MediaFiles.bigTiff());
        files.put("a.wav", MediaFiles.wave(100));
        files.put("a.mp3", MediaFiles.mp3(30));
        files.put("a.flac", MediaFiles.flac());
        files.put("a.ogg", MediaFiles.ogg());
        files.put("a.opus", MediaFiles.opus());
        files.put("a.webm", MediaFiles.webm());
        files.put("a.avi", MediaFiles.avi());
        files.put("a.mp4", MediaFiles.mp4(20_000, true));
        files.put("a.csv", "a,b\n1,\"x\ny\"\n2,\"\"\"z\"\"\"\n".repeat(500).getBytes(StandardCharsets.UTF_8));
        files.put(
                "a.jsonl", "{\"a\":1,\"b\":\"x\"}\n{\"a\":null}\n\n".repeat(700).getBytes(StandardCharsets.UTF_8));
        return files;
    }

    @Test
    void filesWithNothingToFindCostNextToNothing() {
        byte[] noise = new byte[30_000];
        Arrays.fill(noise, (byte) 7);
        long spent = allocated(() -> FileInspector.inspect("a/b.bin", noise, 0, noise.length));
        byte[] png = MediaFiles.image("png", 100, 100);
        long image = allocated(() -> FileInspector.inspect("a/b.png", png, 0, png.length));
        assertThat(spent).as("bytes for noise").isLessThan(600);
        assertThat(image).as("bytes for an image").isLessThan(1200);
    }

    private static long allocated(Runnable work) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < 1000; i++) {
            work.run();
        }
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 1000; i++) {
            work.run();
        }
        return (threads.getCurrentThreadAllocatedBytes() - before) / 1000;
    }

    private static MediaFacts facts(String path, byte[] bytes) {
        return inspect(path, bytes, Integer.MAX_VALUE).facts();
    }

    static Inspection inspect(String path, byte[] bytes, int piece) {
        FileInspector inspector = FileInspector.of(path);
        for (int at = 0; at < bytes.length; ) {
            int n = Math.min(piece, bytes.length - at);
            inspector.update(bytes, at, n);
            at += n;
        }
        return inspector.finish();
    }

    private static MediaFacts size(int width, int height) {
        return new MediaFacts(width, height, null, null);
    }

    private static MediaFacts millis(long millis) {
        return new MediaFacts(null, null, millis, null);
    }
}
