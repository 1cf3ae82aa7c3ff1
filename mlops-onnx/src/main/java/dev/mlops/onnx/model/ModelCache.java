package dev.mlops.onnx.model;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.UnavailableException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Optimized models in a directory, in ONNX Runtime's own format: a model that was loaded once with the same options, by
 * the same version of ONNX Runtime and on the same kind of processor, is loaded again several times faster, mapped into
 * memory. Give it to {@link OnnxOptions.Builder#cache}. Thread-safe; processes may share a directory, also while some of
 * them are killed.
 *
 * <p>A file is written beside the others and renamed, and its name holds its length and CRC-32C: what does not match, or is
 * not accepted by ONNX Runtime, is deleted, and the model is loaded from its own file as if there were no cache. Only a
 * trusted directory may be used: the checksum is against damage and not against forgery. What a processor can do is known
 * on Linux; elsewhere machines of different kinds should not share a directory.
 */
public final class ModelCache {
    private static final Logger log = LoggerFactory.getLogger(ModelCache.class);
    private static final String ENDING = ".ort";
    private static final int READ_AT_ONCE = 1 << 18;

    private final Path directory;
    private final KnownDigests digests;

    private ModelCache(Path directory) {
        this.directory = directory;
        this.digests = new KnownDigests(directory, Clock.systemUTC());
    }

    /**
     * A cache in a directory, which is made if it is missing.
     *
     * @throws UnavailableException if it cannot be made
     */
    public static ModelCache in(Path directory) {
        try {
            return new ModelCache(Files.createDirectories(directory).toAbsolutePath());
        } catch (IOException e) {
            throw new UnavailableException("cannot make the model cache in " + directory + ": " + e, e);
        }
    }

    /** What stands for a model file with options here; the file's bytes are read unless they were read before. */
    String key(Path model, OnnxOptions options) throws IOException {
        return key(digests.of(model), options);
    }

    /** What stands for a model with options here. */
    String key(Sha256 digest, OnnxOptions options) {
        String text = String.join(
                "\n",
                digest.hex(),
                OnnxModel.runtimeVersion(),
                Processor.description(),
                options.optimization().name(),
                options.providers().toString());
        return Sha256.of(text.getBytes(StandardCharsets.UTF_8)).hex();
    }

    /** The optimized model, if it is here and whole. */
    Optional<Path> find(String key) {
        try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, key + "-*" + ENDING)) {
            for (Path file : found) {
                if (isWhole(file)) {
                    return Optional.of(file);
                }
                log.warn("{} is damaged and is deleted", file);
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            log.warn("the model cache in {} cannot be read", directory, e);
        }
        return Optional.empty();
    }

    private static boolean isWhole(Path file) throws IOException {
        String name = file.toString();
        String[] parts = name.substring(0, name.length() - ENDING.length()).split("-", -1);
        String checksum = parts[parts.length - 1];
        return checksum.equals(checksum(file));
    }

    private static String checksum(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            // Not mapped: a mapping stays until the garbage collector finds it, and its pages cost more than the copy.
            ByteBuffer part = ByteBuffer.allocateDirect(READ_AT_ONCE);
            CRC32C crc = new CRC32C();
            long length = 0;
            while (channel.read(part) >= 0) {
                part.flip();
                length += part.remaining();
                crc.update(part);
                part.clear();
            }
            return "%x.%08x".formatted(length, crc.getValue());
        }
    }

    /** Where ONNX Runtime is to write an optimized model. */
    Path newFile() {
        return directory.resolve("writing-" + UUID.randomUUID() + ENDING);
    }

    /** Takes what was written; failures only mean that it is not cached. */
    void add(String key, Path written) {
        try {
            if (Files.exists(written)) {
                try (FileChannel channel = FileChannel.open(written, StandardOpenOption.WRITE)) {
                    channel.force(true);
                }
                Files.move(
                        written,
                        directory.resolve(key + "-" + checksum(written) + ENDING),
                        StandardCopyOption.ATOMIC_MOVE);
            }
        } catch (IOException e) {
            log.warn("an optimized model could not be kept in {}", directory, e);
            discard(written);
        }
    }

    /** Deletes a file that is of no use. */
    void discard(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            log.warn("{} could not be deleted", file, e);
        }
    }

    /** Where it is. */
    @Override
    public String toString() {
        return "model cache in " + directory;
    }
}
