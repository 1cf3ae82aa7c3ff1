package dev.mlops.core.dataset;

import dev.mlops.api.content.Sha256;
import dev.mlops.core.content.ContentSource;
import dev.mlops.core.content.ContentStore;
import dev.mlops.core.content.ContentStore.Stored;
import dev.mlops.core.content.ContentWriter;
import dev.mlops.core.file.ReadFailures;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.function.Predicate;

/** Where the bytes of files go. Thread-safe. */
interface FileIntake {
    /** Takes the bytes of a file. */
    Stored put(ContentSource file);

    /** Takes a content that should be there already; empty if it is not. */
    Optional<Stored> reuse(Sha256 digest);

    /** Stores them. */
    static FileIntake into(ContentWriter content) {
        return new FileIntake() {
            @Override
            public Stored put(ContentSource file) {
                return content.put(file);
            }

            @Override
            public Optional<Stored> reuse(Sha256 digest) {
                return content.reuse(digest);
            }
        };
    }

    /** Only looks whether they are in a store, as it is now: new files do not make it look again, each of them. */
    static FileIntake comparing(ContentStore content) {
        Predicate<Sha256> contained = content.contained();
        return new FileIntake() {
            @Override
            public Stored put(ContentSource file) {
                try (InputStream in = file.open()) {
                    MessageDigest digest = Sha256.newDigest();
                    byte[] buffer = new byte[64 * 1024];
                    long size = 0;
                    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                        digest.update(buffer, 0, n);
                        size += n;
                    }
                    Sha256 found = Sha256.ofDigest(digest.digest());
                    return new Stored(found, size, !contained.test(found));
                } catch (IOException e) {
                    throw ReadFailures.of("cannot read file '" + file.name() + "'", e);
                }
            }

            @Override
            public Optional<Stored> reuse(Sha256 digest) {
                return contained.test(digest)
                        ? Optional.of(new Stored(digest, content.size(digest), false))
                        : Optional.empty();
            }
        };
    }
}
