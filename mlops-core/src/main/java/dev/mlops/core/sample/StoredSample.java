package dev.mlops.core.sample;

import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.Sample;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.core.cache.CachedReads;
import dev.mlops.core.file.ReadFailures;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** A file that is in memory already or is read when it is asked for. */
final class StoredSample implements Sample {
    private final FileEntry entry;
    private final CachedReads content;
    private final String version;
    private byte @Nullable [] bytes;

    StoredSample(FileEntry entry, CachedReads content, String version, byte @Nullable [] bytes) {
        this.entry = entry;
        this.content = content;
        this.version = version;
        this.bytes = bytes;
    }

    @Override
    public FileEntry entry() {
        return entry;
    }

    @Override
    public byte[] bytes() {
        byte[] result = bytes;
        if (result == null) {
            try (InputStream in = openStored()) {
                result = in.readAllBytes();
            } catch (IOException e) {
                throw damaged(ReadFailures.of("cannot read file '%s' of %s".formatted(entry.path(), version), e));
            }
            bytes = result;
        }
        return result;
    }

    @Override
    public InputStream open() {
        return bytes == null ? openStored() : new ByteArrayInputStream(bytes);
    }

    private InputStream openStored() {
        try {
            return content.open(entry.sha256(), entry.size());
        } catch (IntegrityException | NotFoundException e) {
            throw damaged(e);
        }
    }

    private RuntimeException damaged(RuntimeException failure) {
        return failure instanceof IntegrityException || failure instanceof NotFoundException
                ? new IntegrityException(
                        "file '%s' of %s is damaged: %s".formatted(entry.path(), version, failure.getMessage()),
                        failure)
                : failure;
    }

    @Override
    public String toString() {
        return entry.toString();
    }
}
