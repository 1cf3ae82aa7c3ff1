package dev.mlops.core.pack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.api.content.Sha256;
import dev.mlops.core.pack.ListNode.Item;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The vectors of docs/storage-format.md, whose digests were computed by a program that knows that text only. */
class DocumentedFormatsTest {
    private static final BlobId ZERO = PackObjects.idOf(new byte[] {0});
    private static final BlobId ONE = PackObjects.idOf(new byte[] {1});

    @Test
    void listNode() {
        byte[] node = ListNode.encode(1, List.of(new Item(ZERO, 65_537), new Item(ONE, 7)));
        assertThat(node).hasSize(128);
        assertThat(Sha256.of(node).hex()).isEqualTo("f6d1f74bf1da8c90a7a9f6b5d3972e19c76d11ad1b01c699ef53878320714bcd");
    }

    @Test
    void index(@TempDir Path folder) throws IOException {
        BlobTable table = new BlobTable();
        table.put(ZERO, BlobKind.DATA, 0, 8, 100, 65_537);
        table.put(ONE, BlobKind.LIST, 0, 108, 7, 7);
        Path file = folder.resolve("index");
        WrittenIndex written = IndexWriter.write(
                file, table, List.of(PackObjects.idOf(new byte[] {2}).hex()));
        assertThat(Files.size(file)).isEqualTo(written.bytes()).isEqualTo(1200);
        assertThat(written.id()).isEqualTo("cb24fbaaab140bd90e317d7075c4a97d4540559c9646f2f953818eb7d8519f8b");
        assertThat(IndexWriter.key(written.id())).isEqualTo("index/cb/" + written.id());
    }

    @Test
    void pack() throws IOException {
        ByteArrayOutputStream pack = new ByteArrayOutputStream();
        pack.write("MLPK".getBytes(StandardCharsets.US_ASCII));
        pack.write(HexFormat.of().parseHex("00000001" + "00" + "01"));
        pack.write(HexFormat.of().parseHex(ZERO.hex() + "00000008" + "00000001" + "00000001"));
        pack.write(HexFormat.of().parseHex(ONE.hex() + "00000009" + "00000001" + "80000001"));
        pack.write(HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f" + "00000002"));
        pack.write(HexFormat.of().parseHex("0000006c" + "00000001"));
        pack.write("KPLM".getBytes(StandardCharsets.US_ASCII));
        String id = "a40a1b5123ab08d735754fad3dba749f2090fc0cf4480f533c7166aa07d9635a";
        try (PackObjects objects = new PackObjects()) {
            assertThat(objects.readDamaged(id, pack.toByteArray()))
                    .containsExactly(
                            new PackEntry(ZERO, BlobKind.DATA, 8, 1, 1), new PackEntry(ONE, BlobKind.LIST, 9, 1, 1));
        }
    }
}
