package dev.mlops.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SchemaTest {
    @TempDir
    Path directory;

    @Test
    void theNewestVersionIsThatOfTheNewestMigration() throws IOException {
        for (String database : List.of("sqlite", "postgresql")) {
            List<Path> files = new ArrayList<>();
            for (String folder : List.of("common", database)) {
                try (var list = Files.list(
                        Path.of("src/main/resources/dev/mlops/jdbc/migration").resolve(folder))) {
                    list.forEach(files::add);
                }
            }
            assertThat(files)
                    .extracting(file -> file.getFileName().toString().replaceFirst("^V(\\d+)__.*", "$1"))
                    .contains(Integer.toString(Schema.NEWEST))
                    .hasSize(Schema.NEWEST)
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void theDocumentationNamesEveryTableAndColumn() throws IOException, SQLException {
        SqliteMetadataStore.open(file()).close();
        String text = Files.readString(Path.of("../docs/schema.md"));

        List<String> columns = query("""
                SELECT m.name || '.' || c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
                 WHERE m.type IN ('table', 'view') AND m.name NOT LIKE 'sqlite%'
                   AND m.name <> 'mlops_schema_history'
                """);
        assertThat(columns).hasSizeGreaterThan(100).allSatisfy(column -> {
            String table = column.substring(0, column.indexOf('.'));
            int start = text.indexOf("**" + table + "**");
            assertThat(start).as(table).isNotNegative();
            int end = text.indexOf("\n\n**", start);
            String section = text.substring(start, end < 0 ? text.length() : end);
            assertThat(section).containsPattern("\\b" + column.substring(table.length() + 1) + "\\b");
        });
    }

    @Test
    void bothDatabasesHaveTheSameTablesAndColumns() throws SQLException {
        SqliteMetadataStore.open(file()).close();
        DataSource source = TestPostgres.database("compared");
        PostgresMetadataStore.migrate(source);
        List<String> columns = new ArrayList<>();
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("""
                        SELECT table_name || '.' || column_name FROM information_schema.columns
                         WHERE table_schema = 'public' AND table_name <> 'mlops_schema_history'
                        """)) {
            while (rows.next()) {
                columns.add(rows.getString(1));
            }
        }

        assertThat(columns).contains("event.transaction_id");
        columns.remove("event.transaction_id");
        assertThat(new TreeSet<>(columns)).isEqualTo(new TreeSet<>(query("""
                SELECT m.name || '.' || c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
                 WHERE m.type IN ('table', 'view') AND m.name NOT LIKE 'sqlite%'
                   AND m.name <> 'mlops_schema_history'
                """)));
    }

    @Test
    void lineageIsWalkedByIndexes() throws SQLException {
        SqliteMetadataStore.open(file()).close();

        for (String end : List.of("from_id", "to_id")) {
            assertThat(query("EXPLAIN QUERY PLAN SELECT * FROM lineage_edge WHERE " + end
                            + " IN (SELECT value FROM json_each('[\"a\"]')) ORDER BY to_id, from_id, role"))
                    .noneMatch(step -> step.startsWith("SCAN") && !step.contains("json_each"));
        }
    }

    private List<String> query(String sql) throws SQLException {
        List<String> result = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            int last = rows.getMetaData().getColumnCount();
            while (rows.next()) {
                result.add(rows.getString(last));
            }
        }
        return result;
    }

    private Path file() {
        return directory.resolve("metadata.db");
    }
}
