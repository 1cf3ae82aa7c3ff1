package dev.mlops.core.content;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.spi.metadata.ContentRepository.IndexRecord;
import dev.mlops.api.spi.object.ObjectStore;
import dev.mlops.core.object.OldFiles;
import dev.mlops.core.pack.BlobIndex;
import dev.mlops.core.pack.IndexWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens indexes from local files: the objects themselves where they are files, else copies in a folder. Stores may share
 * the folder: each keeps its copies in one of its own below.
 */
final class LocalIndexes {
    private static final Logger log = LoggerFactory.getLogger(LocalIndexes.class);
    private static final String END = ".index";
    private static final String UNFINISHED = ".part";
    private static final int NAME_LENGTH = 16;

    private final ObjectStore objects;
    private final Path folder;

    /**
     * Opens nothing yet.
     *
     * @param store tells this store from others
     * @param shared the folder that others may use too
     */
    LocalIndexes(ObjectStore objects, String store, Path shared) {
        this.objects = objects;
        this.folder = shared.resolve(
                Sha256.of(store.getBytes(StandardCharsets.UTF_8)).hex().substring(0, NAME_LENGTH));
    }

    /** Opens an index; a local copy that is damaged is fetched again. */
    BlobIndex open(IndexRecord index) {
        Optional<Path> file = objects.localFile(IndexWriter.key(index.id()));
        return file.isPresent() ? BlobIndex.open(file.get(), index.id()) : openCopy(index);
    }

    private BlobIndex openCopy(IndexRecord index) {
        Path copy = folder.resolve(index.id() + END);
        if (Files.exists(copy)) {
            try {
                return BlobIndex.open(copy, index.id());
            } catch (IntegrityException damaged) {
                log.debug("fetching index {} again", index.id(), damaged);
            }
        }
        fetch(index, copy);
        return BlobIndex.open(copy, index.id());
    }

    private void fetch(IndexRecord index, Path copy) {
        Path part = newFile();
        try (InputStream in = objects.get(IndexWriter.key(index.id()))) {
            Files.copy(in, part);
            Files.move(part, copy, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw ContentFailures.of("cannot fetch index " + index.id() + " to " + copy, e);
        } finally {
            deleteQuietly(part);
        }
    }

    /** A new path in the folder; no file yet. */
    Path newFile() {
        try {
            Files.createDirectories(folder);
        } catch (FileAlreadyExistsException itIsALink) {
            log.trace("{} is there", folder);
        } catch (IOException e) {
            throw ContentFailures.of("cannot make the folder " + folder, e);
        }
        return folder.resolve(UUID.randomUUID() + UNFINISHED);
    }

    /** Deletes the copies of indexes that are not in use any more, and what killed processes left. */
    void retain(Set<String> ids) {
        OldFiles.delete(folder, "*" + UNFINISHED);
        try (DirectoryStream<Path> copies = Files.newDirectoryStream(folder, "*" + END)) {
            for (Path copy : copies) {
                String name = String.valueOf(copy.getFileName());
                if (!ids.contains(name.substring(0, name.length() - END.length()))) {
                    deleteQuietly(copy);
                }
            }
        } catch (NoSuchFileException noCopies) {
            log.trace("no copies in {}", folder);
        } catch (IOException e) {
            log.debug("cannot clean {}", folder, e);
        }
    }

    static void deleteQuietly(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            log.debug("cannot delete {}", file, e);
        }
    }
}
