package dev.mlops.core.dataset;

import dev.mlops.api.error.InvalidInputException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a CSV file as RFC 4180 has it, in UTF-8, with or without a byte order mark, with any line ends. Empty lines
 * are left out. Confined to one thread.
 */
final class CsvRows {
    private static final int MAX_ROW = 1024 * 1024;
    private static final int END = -1;
    private static final char BYTE_ORDER_MARK = '\ufeff';

    private final String what;
    private final Reader in;
    private final StringBuilder field = new StringBuilder();
    private long row;
    private int length;
    private int ahead;

    /** Reads a stream, which the caller closes. */
    CsvRows(String what, InputStream in) throws IOException {
        this.what = what;
        this.in = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()), 64 * 1024);
        advance();
        if (ahead == BYTE_ORDER_MARK) {
            advance();
        }
    }

    /** The number of the row at hand, the header being 1. */
    long row() {
        return row;
    }

    /** The next row; null after the last. */
    @Nullable
    List<String> next() throws IOException {
        while (ahead == '\r' || ahead == '\n') {
            advance();
        }
        if (ahead == END) {
            return null;
        }
        row++;
        length = 0;
        List<String> fields = new ArrayList<>();
        fields.add(field());
        while (ahead == ',') {
            advance();
            fields.add(field());
        }
        return fields;
    }

    private String field() throws IOException {
        field.setLength(0);
        if (ahead == '"') {
            quoted();
        }
        while (ahead != ',' && ahead != '\r' && ahead != '\n' && ahead != END) {
            if (ahead == '"') {
                throw malformed("has a quote in the middle of a field");
            }
            take();
        }
        return field.toString();
    }

    private void quoted() throws IOException {
        advance();
        while (true) {
            if (ahead == END) {
                throw malformed("has a quote that is not closed");
            }
            if (ahead == '"') {
                advance();
                if (ahead != '"') {
                    break;
                }
            }
            take();
        }
        if (ahead != ',' && ahead != '\r' && ahead != '\n' && ahead != END) {
            throw malformed("has text behind a closing quote");
        }
    }

    private void take() throws IOException {
        if (++length > MAX_ROW) {
            throw malformed("is longer than " + MAX_ROW + " characters");
        }
        field.append((char) ahead);
        advance();
    }

    private void advance() throws IOException {
        try {
            ahead = in.read();
        } catch (CharacterCodingException e) {
            throw malformed("is no UTF-8");
        }
    }

    private InvalidInputException malformed(String how) {
        return new InvalidInputException(what, "row " + row, how);
    }
}
