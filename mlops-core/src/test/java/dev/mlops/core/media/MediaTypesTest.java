package dev.mlops.core.media;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MediaTypesTest {
    private static final byte[] PNG = bytes("\u0089PNG\r\n\u001a\n\0\0\0\rIHDR");
    private static final byte[] ZIP = bytes("PK\3\4\24\0\0\0\10\0");
    private static final byte[] NOISE = {0, 1, 2, -1, 7, 7, 7, 7, 9, 9, 9};

    @ParameterizedTest
    @CsvSource({
        "a/b.png, image/png",
        "B.PNG, image/png",
        "x.jpeg, image/jpeg",
        "x.csv, text/csv",
        "x.tsv, text/tab-separated-values",
        "x.json, application/json",
        "x.jsonl, application/x-ndjson",
        "x.ndjson, application/x-ndjson",
        "x.txt, text/plain",
        "LICENSE, text/plain",
        "a.b/README, text/plain",
        "x.wav, audio/vnd.wave",
        "x.mp3, audio/mpeg",
        "x.mp4, video/mp4",
        "x.parquet, application/x-parquet",
        "x.npy, application/x-npy",
        "x.bin, application/octet-stream",
        "x.nothing-knows-it, application/octet-stream",
        "x.a-very-long-extension-indeed, application/octet-stream",
        "x, application/octet-stream"
    })
    void theNameOfAnEmptyFileTells(String path, String type) {
        assertThat(MediaTypes.of(path, new byte[0])).isEqualTo(type);
    }

    @Example
    void theBytesTellWhereTheNameDoesNot() {
        assertThat(MediaTypes.of("0", PNG)).isEqualTo("image/png");
        assertThat(MediaTypes.of("0.bin", PNG)).isEqualTo("image/png");
        assertThat(MediaTypes.of("0.bin", NOISE)).isEqualTo("application/octet-stream");
        assertThat(MediaTypes.of("0.dat", bytes("some words"))).isEqualTo("text/plain");
        assertThat(MediaTypes.of("0", bytes("some words"))).isEqualTo("text/plain");
        assertThat(MediaTypes.of("0", bytes("<html><body>hi</body></html>"))).isEqualTo("text/html");
        assertThat(MediaTypes.of("model.pt", ZIP)).isEqualTo("application/zip");
        assertThat(MediaTypes.of("0", bytes("\0\0\0\30ftypheic\0\0\0\0"))).isEqualTo("image/heic");
        assertThat(MediaTypes.of("0", bytes("\u001aE\u00df\u00a3\u0093B\u0082\u0084webm")))
                .isEqualTo("video/webm");
    }

    @Example
    void bytesOfAnotherFormatOutweighTheName() {
        assertThat(MediaTypes.of("0.csv", PNG)).isEqualTo("image/png");
        assertThat(MediaTypes.of("0.jpg", PNG)).isEqualTo("image/png");
        assertThat(MediaTypes.of("0.png", bytes("<html><body>404</body></html>")))
                .isEqualTo("text/html");
        assertThat(MediaTypes.of("0.png", NOISE)).isEqualTo("application/octet-stream");
    }

    @Example
    void aNameThatSaysMoreThanTheBytesIsBelieved() {
        assertThat(MediaTypes.of("a.docx", ZIP))
                .isEqualTo("application/vnd.openxmlformats-officedocument.wordprocessingml.document");
        assertThat(MediaTypes.of("a.jar", ZIP)).isEqualTo("application/java-archive");
        for (String[] named : new String[][] {
            {"a.m4a", "audio/mp4"}, {"a.mov", "video/quicktime"}, {"a.mp4", "video/mp4"}, {"a.m4v", "video/x-m4v"}
        }) {
            assertThat(MediaTypes.of(named[0], bytes("\0\0\0\30ftypisom\0\0\0\0")))
                    .isEqualTo(named[1]);
        }
        assertThat(MediaTypes.of("a.ogg", bytes("OggS\0\2\0\0\0\0"))).isEqualTo("audio/vorbis");
        assertThat(MediaTypes.of("a.mkv", bytes("\u001aE\u00df\u00a3\1\0\0\0\0")))
                .isEqualTo("video/x-matroska");
        assertThat(MediaTypes.of("a.dng", bytes("II*\0\10\0\0\0"))).isEqualTo("image/x-raw-adobe");
    }

    @Example
    void textThatBeginsLikeAFormatStaysText() {
        for (String text :
                new String[] {"BMW,Audi,Opel\n1,2,3\n", "ID3 tags are told here", "PAR1: a golf course", "GIFT,PRICE\n"
                }) {
            assertThat(MediaTypes.of("a.csv", bytes(text))).isEqualTo("text/csv");
        }
    }

    @Example
    void aPartOfAnArrayIsEnough() {
        byte[] bytes = new byte[100];
        System.arraycopy(PNG, 0, bytes, 50, PNG.length);
        assertThat(MediaTypes.of("x", bytes, 50, PNG.length)).isEqualTo("image/png");
    }

    @Example
    void aKnownNameCostsNextToNothing() {
        long spent = allocated(() -> MediaTypes.of("train/cat/00017.png", PNG));
        spent = Math.max(spent, allocated(() -> MediaTypes.of("labels.csv", bytes("a,b"))));
        spent = Math.max(spent, allocated(() -> MediaTypes.of("weights.bin", NOISE)));
        assertThat(spent).as("bytes a file").isLessThan(300);
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

    @Property(tries = 1000)
    void nothingIsTooStrange(
            @ForAll @AlphaChars @Chars({'.', '/', ' ', 'ä'}) String path, @ForAll @Size(max = 300) byte[] head) {
        assertThat(MediaTypes.of(path, head)).contains("/").isEqualTo(MediaTypes.of(path, head));
    }

    @Property(tries = 300)
    void truncatedHeadsAreNoTrouble(@ForAll byte length) {
        for (String start : new String[] {"\u0089PNG\r\n", "RIFF\0\0\0\0WAVE", "BM", "\0\0\0\30ftypmp42", "PAR1\25"}) {
            byte[] head = Arrays.copyOf(bytes(start), Math.floorMod(length, 20));
            assertThat(MediaTypes.of("x.png", head)).contains("/");
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
