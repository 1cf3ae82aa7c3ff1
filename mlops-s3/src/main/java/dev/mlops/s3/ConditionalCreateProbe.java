package dev.mlops.s3;

import dev.mlops.api.error.UnavailableException;
import java.util.UUID;
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
     * @return true if the store honours the condition
     * @throws UnavailableException if it cannot be used at all
     */
    boolean run() {
        // No valid key starts like this, so no listing shows it.
        String key = root + "~probe/" + UUID.randomUUID();
        try {
            create(key);
            try {
                return isRefused(key);
            } finally {
                client.deleteObject(request -> request.bucket(bucket).key(key));
            }
        } catch (S3Exception e) {
            if (e.statusCode() == S3Failures.NOT_IMPLEMENTED) {
                return false;
            }
            throw openFailed(e);
        } catch (SdkException e) {
            throw openFailed(e);
        }
    }

    private boolean isRefused(String key) {
        try {
            create(key);
            return false;
        } catch (S3Exception e) {
            if (e.statusCode() == S3Failures.PRECONDITION_FAILED) {
                return true;
            }
            throw e;
        }
    }

    private void create(String key) {
        client.putObject(request -> request.bucket(bucket).key(key).ifNoneMatch("*"), RequestBody.fromString("?"));
    }

    private RuntimeException openFailed(SdkException e) {
        return S3Failures.of("cannot open " + description, e);
    }
}
