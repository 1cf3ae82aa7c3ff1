package dev.mlops.core.media;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.api.dataset.TableColumn;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TablesTest {
    @ParameterizedTest
    @ValueSource(strings = {",", ";", "\t"})
    void columnsAndRowsOfACsvAreFound(String delimiter) {
        String text = """
                id,price,sold,at,name,zip
                1,7,true,2024-05-17,"Müller, Anna",04103
                2,7.5,FALSE,2024-05-17T12:30:00Z,"said ""no""
                twice",80331
                -3,1e3,true,2024-05-17 12:30:05.25+02:00,,00000
                """.replace(",", delimiter).replace("Müller" + delimiter, "Müller,");
        Inspection found = inspect("x.csv", text.replace("\n", "\r\n"));
        assertThat(found.facts().rows()).isEqualTo(3);
        assertThat(found.columns())
                .extracting(TableColumn::toString)
                .containsExactly(
                        "id integer", "price number", "sold boolean", "at date-time", "name text?", "zip text");
    }

    @Test
    void aCsvWithoutAHeaderHasNumberedColumns() {
        Inspection found = inspect("x.csv", "5.1,3.5,setosa\n4.9,3,setosa\n4.7,NA,virginica");
        assertThat(found.facts().rows()).isEqualTo(3);
        assertThat(found.columns())
                .extracting(TableColumn::toString)
                .containsExactly("column1 number", "column2 number?", "column3 text");
    }

    @Test
    void anIndexColumnNeedsNoName() {
        Inspection found = inspect("x.csv", ",a\n0,x\n1,y\n");
        assertThat(found.columns()).extracting(TableColumn::toString).containsExactly("column1 integer", "a text");
        assertThat(found.facts().rows()).isEqualTo(2);
    }

    @Test
    void anInchMarkIsNoQuote() {
        Inspection found = inspect("x.csv", "name,size\nscreen,27\"\nphone,6\"\ntv,65\"\n");
        assertThat(found.facts().rows()).isEqualTo(3);
    }

    @Test
    void blankLinesAndAByteOrderMarkAreNoRows() {
        Inspection found = inspect("x.csv", "\ufeff\"a\",b\n\n1,2\r\n\r\n3,4\n\n");
        assertThat(found.facts().rows()).isEqualTo(2);
        assertThat(found.columns()).extracting(TableColumn::name).containsExactly("a", "b");
    }

    @Test
    void rowsAreCountedFarBeyondTheSample() {
        StringBuilder text = new StringBuilder("id,text\n");
        for (int i = 0; i < 50_000; i++) {
            text.append(i).append(i % 3 == 0 ? ",\"two\nlines, and a \"\" quote\"\n" : ",plain words\n");
        }
        Inspection found = inspect("x.csv", text.toString());
        assertThat(found.facts().rows()).isEqualTo(50_000);
        assertThat(found.columns()).extracting(TableColumn::toString).containsExactly("id integer", "text text");
    }

    @Test
    void emptyAndBinaryFilesAreNoTables() {
        assertThat(inspect("x.csv", "").facts().rows()).isZero();
        assertThat(inspect("x.csv", "").columns()).isEmpty();
        assertThat(inspect("x.csv", "a\0b\n").facts().rows()).isNull();
        assertThat(inspect("x.jsonl", "").facts().rows()).isZero();
    }

    @Test
    void manyColumnsAreCountedButNotAllTold() {
        String header = "c,".repeat(4999).replaceAll("c", "1") + "1\n";
        Inspection found = inspect("x.csv", header);
        assertThat(found.columnCount()).isEqualTo(5000);
        assertThat(found.columns()).hasSize(200);
    }

    @Test
    void aLineLongerThanTheSampleIsARowAllTheSame() {
        Inspection found = inspect("x.csv", "a".repeat(600_000) + "\nb\n");
        assertThat(found.facts().rows()).isEqualTo(2);
        assertThat(found.columns()).isEmpty();
    }

    @Test
    void jsonLinesHaveTheirMembersAsColumns() {
        Inspection found = inspect("x.jsonl", """
                {"id":1,"text":"a\\nb","score":0.5,"tags":["x"],"at":"2024-05-17T12:30:00Z","ok":true}
                {"id":2,"text":"c","score":1,"tags":[],"at":"2024-05-18","ok":false}

                {"id":3,"text":null,"score":2}
                """);
        assertThat(found.facts().rows()).isEqualTo(3);
        assertThat(found.columns())
                .extracting(TableColumn::toString)
                .containsExactly(
                        "id integer", "text text?", "score number", "tags nested?", "at date-time?", "ok boolean?");
    }

    @Test
    void linesThatAreNoObjectsHaveNoColumns() {
        for (String text : new String[] {"[1,2]\n[3]\n", "{\"a\":1}\n{broken\n", "{\"a\":".repeat(5000) + "\n1\n"}) {
            Inspection found = inspect("x.ndjson", text);
            assertThat(found.facts().rows()).isEqualTo(2);
            assertThat(found.columns()).isEmpty();
        }
    }

    private static Inspection inspect(String path, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return FileInspector.inspect(path, bytes, 0, bytes.length);
    }
}
