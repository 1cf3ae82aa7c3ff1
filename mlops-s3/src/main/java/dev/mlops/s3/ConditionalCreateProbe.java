package dev.mlops.s3;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Finds out whether a store keeps the promise to create only what is absent, and that the bucket is there and may be
 * written, by creating one object twice.
 */
record ConditionalCreateProbe(S3Client client, String bucket, String root, String description) {

    /**
     * Probes the store and leaves nothing in it.
     *
     * @throws InvalidInputException if the store does not honour the condition
     * @throws UnavailableException if it cannot be used at all
     */
    void run() {
        // No valid key starts like this, so no listing shows it.
        String key = root + "~probe/" + UUID.randomUUID();
        try {
            create(key);
            try {
                requireRefusal(key);
            } finally {
                client.deleteObject(request -> request.bucket(bucket).key(key));
            }
        } catch (S3Exception e) {
            throw e.statusCode() == S3Failures.NOT_IMPLEMENTED ? ignoresCondition(e) : openFailed(e);
        } catch (SdkException e) {
            throw openFailed(e);
        }
    }

    private void requireRefusal(String key) {
        try {
            create(key);
        } catch (S3Exception e) {
            if (e.statusCode() == S3Failures.PRECONDITION_FAILED) {
                return;
            }
            throw e;
        }
        throw ignoresCondition(null);
    }

    private void create(String key) {
        client.putObject(request -> request.bucket(bucket).key(key).ifNoneMatch("*"), RequestBody.fromString("?"));
    }

    private RuntimeException openFailed(SdkException e) {
        return S3Failures.of("cannot open " + description, e);
    }

    private InvalidInputException ignoresCondition(@Nullable S3Exception cause) {
        return new InvalidInputException(
                "object store",
                description,
                "does not honour 'If-None-Match: *' on PUT, so that racing writers would overwrite each other; use a"
                        + " store that does",
                cause);
    }
}
