package dev.mlops.onnx.classification;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.model.Signature;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** What the classes of a model are called, by the place of their scores. Immutable and thread-safe. */
public final class Labels {
    private static final long MOST_BYTES = 16 << 20;
    private static final String BYTE_ORDER_MARK = "\ufeff";

    private final List<String> names;
    private final Map<String, Integer> indexes = new HashMap<>();

    private Labels(List<String> names) {
        this.names = List.copyOf(names);
        if (names.isEmpty()) {
            throw new InvalidInputException("labels", names, "must be one at least");
        }
        for (int i = 0; i < names.size(); i++) {
            indexes.putIfAbsent(names.get(i), i);
        }
    }

    /** These labels, one at least. Equal ones are allowed, as ImageNet has two called {@code crane}. */
    public static Labels of(List<String> names) {
        return new Labels(names);
    }

    /** The decimal numbers from 0, for classes without names. */
    public static Labels numbered(int count) {
        return new Labels(IntStream.range(0, count).mapToObj(Integer::toString).toList());
    }

    /**
     * Reads a UTF-8 file of at most 16 MiB with one label on each line; empty lines at the end and a byte order mark
     * are left out.
     *
     * @throws InvalidInputException if there is no such file, it is larger or no UTF-8, or has no label or an empty one
     * @throws UnavailableException if it cannot be read
     */
    public static Labels read(Path file) {
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new InvalidInputException("label file", file, "has more than " + MOST_BYTES + " bytes");
            }
            String text = Files.readString(file, StandardCharsets.UTF_8);
            String unmarked = text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
            return new Labels(LabelText.checked(
                    "label file " + file,
                    unmarked.stripTrailing().lines().map(String::strip).toList()));
        } catch (NoSuchFileException e) {
            throw new InvalidInputException("label file", file, "does not exist", e);
        } catch (CharacterCodingException e) {
            throw new InvalidInputException("label file", file, "is no UTF-8", e);
        } catch (IOException e) {
            throw new UnavailableException("label file '%s' cannot be read: %s".formatted(file, e.getMessage()), e);
        }
    }

    /**
     * The labels that a model has in its metadata, written with commas in between, as a JSON array, or as an object by
     * place, which may have the quotes and bare keys of Python, as Ultralytics writes {@code {0: 'person', 1: 'car'}}.
     *
     * @param key the key in {@link Signature#metadata()}, such as {@code names}
     * @throws InvalidInputException if there is no such key, or its value cannot be read so; names both
     */
    public static Labels ofMetadata(Signature signature, String key) {
        String text = signature.metadata().get(key);
        if (text == null) {
            throw new InvalidInputException(
                    "metadata key",
                    key,
                    "is not in the model; " + signature.metadata().keySet() + " are");
        }
        return new Labels(LabelText.parse("metadata '" + key + "'", text));
    }

    /** How many there are. */
    public int size() {
        return names.size();
    }

    /** All of them, by place. */
    public List<String> names() {
        return names;
    }

    /** The label of the class at this place. */
    public String of(int index) {
        if (index < 0 || index >= names.size()) {
            throw new InvalidInputException("class", index, "has no label; there are " + names.size());
        }
        return names.get(index);
    }

    /** The place of a label, the first of equal ones; empty if there is none. */
    public OptionalInt index(String name) {
        Integer index = indexes.get(name);
        return index == null ? OptionalInt.empty() : OptionalInt.of(index);
    }

    /** Throws unless there are so many. */
    void check(int classes) {
        if (classes != names.size()) {
            throw new InvalidInputException("scores", classes, "must be as many as the labels, " + names.size());
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Labels that && names.equals(that.names);
    }

    @Override
    public int hashCode() {
        return names.hashCode();
    }

    @Override
    public String toString() {
        return names.toString();
    }
}
