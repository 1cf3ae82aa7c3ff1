package dev.mlops.s3;

import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.MlopsException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.spi.object.ObjectBody;
import dev.mlops.api.spi.object.ObjectInfo;
import dev.mlops.api.spi.object.ObjectKeys;
import dev.mlops.api.spi.object.ObjectStore;
import dev.mlops.api.spi.object.PutResult;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;
import software.amazon.awssdk.services.s3.presigner.model.PresignedGetObjectRequest;

/**
 * Objects in a bucket of Amazon S3 or of a store that speaks its protocol. Thread-safe; any number of hosts may share a
 * bucket.
 *
 * <p>An object is created by one PUT with {@code If-None-Match: *}, so the store itself decides between racing writers.
 * Not every store knows that condition, so it is tried out when this store is opened (see {@link
 * S3ObjectStoreBuilder#assumeConditionalCreate()}). Where it is missing, a put looks first and writes then, and {@link
 * #limitations()} says what that cannot promise. Each upload carries a token in its metadata: when a PUT that was sent
 * again is told that the object exists, the token tells whether the first one had succeeded after all.
 *
 * <p>An object is at most 5 GiB, the limit of one PUT. Failed requests are tried again as {@link
 * S3ObjectStoreBuilder#attempts(int)} says.
 */
public final class S3ObjectStore implements ObjectStore {
    private static final long MAX_LENGTH = 5L * 1024 * 1024 * 1024;
    private static final long MAX_RANGE = 1L << 50;
    private static final String TOKEN = "mlops-upload";
    private static final int CONFLICT_ATTEMPTS = 10;
    private static final long CONFLICT_PAUSE_MILLIS = 25;
    private static final Duration MIN_VALIDITY = Duration.ofSeconds(1);
    private static final Duration MAX_VALIDITY = Duration.ofDays(7);
    private static final String LAST_WRITER_WINS =
            "of several writers of one key, all may be told that they created it, and the last one's bytes win silently,"
                    + " because the store does not honour 'If-None-Match: *' on PUT";

    private final S3Client client;
    private final S3Presigner presigner;
    private final String bucket;
    private final String root;
    private final String description;
    private final boolean createsConditionally;
    private final Runnable close;
    private volatile boolean closed;

    /**
     * Creates the store.
     *
     * @param createsConditionally whether the server honours {@code If-None-Match: *}
     * @param close frees what was opened for this store, the client and the presigner among it
     */
    S3ObjectStore(
            S3Client client,
            S3Presigner presigner,
            String bucket,
            String root,
            String description,
            boolean createsConditionally,
            Runnable close) {
        this.client = client;
        this.presigner = presigner;
        this.bucket = bucket;
        this.root = root;
        this.description = description;
        this.createsConditionally = createsConditionally;
        this.close = close;
    }

    /** Begins to describe a store; at least the bucket must be given. */
    public static S3ObjectStoreBuilder builder() {
        return new S3ObjectStoreBuilder();
    }

    @Override
    public PutResult putIfAbsent(String key, ObjectBody body) {
        String objectKey = objectKey(key);
        Upload upload = new Upload(key, body, MAX_LENGTH);
        String token = UUID.randomUUID().toString();
        if (!createsConditionally && headObject(key).isPresent()) {
            return PutResult.EXISTED;
        }
        for (int attempt = 1; ; attempt++) {
            try {
                client.putObject(putRequest(objectKey, token), upload.requestBody());
                return PutResult.CREATED;
            } catch (S3Exception e) {
                throwIfBodyFailed(upload);
                if (e.statusCode() == S3Failures.PRECONDITION_FAILED) {
                    return isFrom(token, key) ? PutResult.CREATED : PutResult.EXISTED;
                }
                if (e.statusCode() != S3Failures.CONFLICT || attempt == CONFLICT_ATTEMPTS) {
                    throw failed("write", key, e);
                }
                pauseBeforeNextAttempt(key, attempt, e);
            } catch (SdkException e) {
                throwIfBodyFailed(upload);
                throw failed("write", key, e);
            }
        }
    }

    private PutObjectRequest putRequest(String objectKey, String token) {
        return PutObjectRequest.builder()
                .bucket(bucket)
                .key(objectKey)
                .ifNoneMatch(createsConditionally ? "*" : null)
                .metadata(Map.of(TOKEN, token))
                .build();
    }

    private static void throwIfBodyFailed(Upload upload) {
        upload.failure().ifPresent(failure -> {
            throw failure;
        });
    }

    /** An upload whose answer was lost is sent again, and then finds its own object. */
    private boolean isFrom(String token, String key) {
        return headObject(key)
                .map(object -> token.equals(object.metadata().get(TOKEN)))
                .orElse(false);
    }

    /** S3 answers 409 while another conditional write of the same key is being decided. */
    private void pauseBeforeNextAttempt(String key, int attempt, S3Exception conflict) {
        try {
            Thread.sleep(CONFLICT_PAUSE_MILLIS * attempt);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed("write", key, conflict);
        }
    }

    @Override
    public InputStream get(String key) {
        return open(key, objectKey(key), null);
    }

    @Override
    public InputStream get(String key, long offset, long length) {
        String objectKey = objectKey(key);
        if (offset < 0 || length < 0) {
            throw new InvalidInputException(
                    "range of object '" + key + "'", offset + "+" + length, "must not be negative");
        }
        if (length == 0) {
            return emptyRange(key, offset);
        }
        return open(key, objectKey, new Range(offset, length));
    }

    private record Range(long first, long length) {
        /** A range of more than any object can have is left open: not every server can count that far. */
        String header() {
            boolean isOpen = length > MAX_RANGE || first > Long.MAX_VALUE - length;
            return "bytes=" + first + "-" + (isOpen ? "" : first + length - 1);
        }

        boolean isAnsweredBy(GetObjectResponse response) {
            String answer = response.contentRange();
            return answer != null && answer.startsWith("bytes " + first + "-");
        }
    }

    private InputStream open(String key, String objectKey, @Nullable Range range) {
        try {
            ResponseInputStream<GetObjectResponse> in = client.getObject(request -> {
                request.bucket(bucket).key(objectKey);
                if (range != null) {
                    request.range(range.header());
                }
            });
            if (range != null && !range.isAnsweredBy(in.response())) {
                in.abort();
                throw new IntegrityException("%s gave '%s' of object '%s' when asked for %s"
                        .formatted(description, in.response().contentRange(), key, range.header()));
            }
            return in;
        } catch (S3Exception e) {
            if (range != null && e.statusCode() == S3Failures.RANGE_NOT_SATISFIABLE) {
                return emptyRange(key, range.first());
            }
            throw e.statusCode() == S3Failures.NOT_FOUND && !S3Failures.isNoBucket(e)
                    ? missing(key, e)
                    : failed("read", key, e);
        } catch (SdkException e) {
            throw failed("read", key, e);
        }
    }

    private InputStream emptyRange(String key, long offset) {
        long size = headObject(key).orElseThrow(() -> missing(key, null)).contentLength();
        if (offset > size) {
            throw new InvalidInputException(
                    "offset in object '" + key + "'", offset, "must be at most its size " + size);
        }
        return InputStream.nullInputStream();
    }

    @Override
    public Optional<ObjectInfo> head(String key) {
        return headObject(key).map(object -> new ObjectInfo(key, object.contentLength(), object.lastModified()));
    }

    private Optional<HeadObjectResponse> headObject(String key) {
        String objectKey = objectKey(key);
        try {
            return Optional.of(
                    client.headObject(request -> request.bucket(bucket).key(objectKey)));
        } catch (S3Exception e) {
            if (e.statusCode() == S3Failures.NOT_FOUND) {
                return Optional.empty();
            }
            throw failed("look at", key, e);
        } catch (SdkException e) {
            throw failed("look at", key, e);
        }
    }

    @Override
    public Iterator<ObjectInfo> list(String prefix) {
        requireOpen();
        String from = root + ObjectKeys.checkPrefix(prefix);
        return new S3Listing(root, prefix, token -> listPage(from, token));
    }

    private ListObjectsV2Response listPage(String from, @Nullable String token) {
        requireOpen();
        try {
            return client.listObjectsV2(
                    request -> request.bucket(bucket).prefix(from).continuationToken(token));
        } catch (SdkException e) {
            throw S3Failures.of("cannot list objects that start with '%s' (%s)".formatted(from, description), e);
        }
    }

    @Override
    public boolean delete(String key) {
        String objectKey = objectKey(key);
        boolean existed = headObject(key).isPresent();
        try {
            client.deleteObject(request -> request.bucket(bucket).key(objectKey));
            return existed;
        } catch (SdkException e) {
            throw failed("delete", key, e);
        }
    }

    /**
     * {@inheritDoc}
     *
     * @throws InvalidInputException if {@code validity} is more than seven days, which no store allows, or less than a
     *     second
     */
    @Override
    public Optional<URI> presign(String key, Duration validity) {
        String objectKey = objectKey(key);
        if (validity.compareTo(MIN_VALIDITY) < 0 || validity.compareTo(MAX_VALIDITY) > 0) {
            throw new InvalidInputException("validity", validity, "must be a second to seven days");
        }
        try {
            PresignedGetObjectRequest signed = presigner.presignGetObject(request -> request.signatureDuration(validity)
                    .getObjectRequest(get -> get.bucket(bucket).key(objectKey)));
            return Optional.of(URI.create(signed.url().toString()));
        } catch (SdkException e) {
            throw failed("sign an address of", key, e);
        }
    }

    @Override
    public List<String> limitations() {
        return createsConditionally ? List.of() : List.of(LAST_WRITER_WINS);
    }

    @Override
    public String describe() {
        return description;
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            close.run();
        }
    }

    @Override
    public String toString() {
        return description;
    }

    private String objectKey(String key) {
        requireOpen();
        return root + ObjectKeys.check(key);
    }

    private void requireOpen() {
        if (closed) {
            throw new UnavailableException("the store of " + description + " is closed");
        }
    }

    private NotFoundException missing(String key, @Nullable Throwable cause) {
        return new NotFoundException("no object '%s' in %s".formatted(key, description), cause);
    }

    private MlopsException failed(String verb, String key, SdkException e) {
        return S3Failures.of("cannot %s object '%s' (%s)".formatted(verb, key, description), e);
    }
}
