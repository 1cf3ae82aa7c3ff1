package dev.mlops.s3;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.spi.object.ObjectKeys;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Pattern;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** Describes an {@link S3ObjectStore}. Confined to one thread. */
public final class S3ObjectStoreBuilder {
    private static final Logger log = LoggerFactory.getLogger(S3ObjectStoreBuilder.class);
    private static final Pattern BUCKET = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]");
    private static final Pattern REGION = Pattern.compile("[a-z0-9-]{1,64}");

    private @Nullable String bucket;
    private String prefix = "";
    private @Nullable URI endpoint;
    private String region = "us-east-1";
    private boolean pathStyle;
    private @Nullable AwsCredentialsProvider credentials;
    private @Nullable OkHttpClient http;
    private Duration requestTimeout = Duration.ofSeconds(60);
    private int attempts = 3;
    private boolean assumeConditionalCreate;

    S3ObjectStoreBuilder() {}

    /**
     * The bucket, which must exist. Required.
     *
     * @throws InvalidInputException if no bucket can have this name
     */
    public S3ObjectStoreBuilder bucket(String bucket) {
        if (!BUCKET.matcher(bucket).matches()) {
            throw new InvalidInputException("bucket", bucket, "must be 3 to 255 characters of A-Z a-z 0-9 . _ -");
        }
        this.bucket = bucket;
        return this;
    }

    /**
     * Keeps the objects below a folder of the bucket, such as {@code mlops/production}; the whole bucket unless given.
     *
     * @param prefix a valid key (see {@link ObjectKeys}), to which a {@code /} is added; or empty
     * @throws InvalidInputException if it is no valid key
     */
    public S3ObjectStoreBuilder prefix(String prefix) {
        this.prefix = prefix.isEmpty() ? "" : ObjectKeys.check(prefix) + "/";
        return this;
    }

    /**
     * The address of a store other than Amazon's, such as {@code https://minio.example.com:9000}.
     *
     * @throws InvalidInputException if it is not an http or https address, or carries a user, a query or a fragment
     */
    public S3ObjectStoreBuilder endpoint(URI endpoint) {
        boolean isHttp =
                "http".equalsIgnoreCase(endpoint.getScheme()) || "https".equalsIgnoreCase(endpoint.getScheme());
        boolean isPlain = endpoint.getRawUserInfo() == null
                && endpoint.getRawQuery() == null
                && endpoint.getRawFragment() == null;
        if (!isHttp || !isPlain || endpoint.getHost() == null) {
            throw new InvalidInputException(
                    "endpoint", endpoint.getHost(), "must be http(s)://host[:port], without user, query or fragment");
        }
        this.endpoint = endpoint;
        return this;
    }

    /** The region, such as {@code eu-central-1}; {@code us-east-1} unless given. */
    public S3ObjectStoreBuilder region(String region) {
        if (!REGION.matcher(region).matches()) {
            throw new InvalidInputException("region", region, "must be 1 to 64 characters of a-z 0-9 -");
        }
        this.region = region;
        return this;
    }

    /**
     * Puts the bucket into the path of addresses ({@code host/bucket/key}) and not into the host name ({@code
     * bucket.host/key}); most stores other than Amazon's need it.
     */
    public S3ObjectStoreBuilder pathStyle() {
        this.pathStyle = true;
        return this;
    }

    /** Where the credentials come from; the caller closes it if it needs that. Replaces those given before. */
    public S3ObjectStoreBuilder credentials(AwsCredentialsProvider credentials) {
        this.credentials = credentials;
        return this;
    }

    /**
     * Fixed credentials. Without any, those are used that the tools of AWS find: environment, system properties, profile
     * files, then the metadata service of the machine.
     */
    public S3ObjectStoreBuilder credentials(String accessKey, String secretKey) {
        return credentials(StaticCredentialsProvider.create(AwsBasicCredentials.create(accessKey, secretKey)));
    }

    /**
     * The HTTP client whose connections, proxies and interceptors to use; its timeouts are replaced. It stays open when
     * the store is closed. Unless given, the store opens and closes one of its own.
     */
    public S3ObjectStoreBuilder http(OkHttpClient http) {
        this.http = http;
        return this;
    }

    /**
     * How long to wait for the store to take or give the next bytes, at each attempt; 60 s unless given. Connecting takes
     * at most 10 s of it.
     *
     * @throws InvalidInputException if it is not at least a millisecond
     */
    public S3ObjectStoreBuilder requestTimeout(Duration requestTimeout) {
        if (requestTimeout.toMillis() < 1) {
            throw new InvalidInputException("request timeout", requestTimeout, "must be at least a millisecond");
        }
        this.requestTimeout = requestTimeout;
        return this;
    }

    /**
     * How often a request is sent at most, if it fails in a way that may pass (broken connection, timeout, 5xx, throttling);
     * 3 unless given.
     *
     * @throws InvalidInputException if it is not positive
     */
    public S3ObjectStoreBuilder attempts(int attempts) {
        if (attempts < 1) {
            throw new InvalidInputException("attempts", attempts, "must be at least 1");
        }
        this.attempts = attempts;
        return this;
    }

    /**
     * Opens the store without trying whether it honours {@code If-None-Match: *}: for credentials that may only read, or
     * where opening must not touch the network. On a store that does not honour it, racing writers of one key may all be
     * told that they created it.
     */
    public S3ObjectStoreBuilder assumeConditionalCreate() {
        this.assumeConditionalCreate = true;
        return this;
    }

    /**
     * Opens the store. Unless {@link #assumeConditionalCreate()} was called, this creates an object, tries to create it
     * again, and deletes it. A store that lets it be created again is opened all the same, with a warning in the log; what
     * it cannot promise then is in {@link S3ObjectStore#limitations()}.
     *
     * @throws InvalidInputException if no bucket was given
     * @throws UnavailableException if the store cannot be reached, the bucket does not exist, or the credentials are
     *     refused
     */
    public S3ObjectStore open() {
        if (bucket == null) {
            throw new InvalidInputException("bucket", null, "must be given");
        }
        Deque<Runnable> owned = new ArrayDeque<>();
        S3Options options = options(owned);
        S3Client client = options.connect(http == null ? ownHttp(owned) : http);
        owned.addFirst(client::close);
        try {
            boolean createsConditionally = assumeConditionalCreate
                    || probe(new ConditionalCreateProbe(client, bucket, prefix, description(bucket)));
            S3Presigner presigner = options.presigner();
            owned.addFirst(presigner::close);
            return new S3ObjectStore(
                    client,
                    presigner,
                    bucket,
                    prefix,
                    description(bucket),
                    createsConditionally,
                    () -> owned.forEach(Runnable::run));
        } catch (RuntimeException e) {
            owned.forEach(Runnable::run);
            throw e;
        }
    }

    private static boolean probe(ConditionalCreateProbe probe) {
        boolean createsConditionally = probe.run();
        if (!createsConditionally) {
            log.warn(
                    "{} does not honour 'If-None-Match: *' on PUT: racing writers of one object overwrite each other",
                    probe.description());
        }
        return createsConditionally;
    }

    private S3Options options(Deque<Runnable> owned) {
        AwsCredentialsProvider from = credentials == null ? ownCredentials(owned) : credentials;
        return new S3Options(endpoint, region, pathStyle, from, requestTimeout, attempts);
    }

    private static AwsCredentialsProvider ownCredentials(Deque<Runnable> owned) {
        DefaultCredentialsProvider own = DefaultCredentialsProvider.builder().build();
        owned.push(own::close);
        return own;
    }

    private static OkHttpClient ownHttp(Deque<Runnable> owned) {
        OkHttpClient own = new OkHttpClient();
        owned.push(() -> {
            own.dispatcher().executorService().shutdown();
            own.connectionPool().evictAll();
        });
        return own;
    }

    private String description(String name) {
        String folder = prefix.isEmpty() ? "" : "/" + prefix.substring(0, prefix.length() - 1);
        return "s3 bucket " + name + folder + (endpoint == null ? "" : " at " + endpoint);
    }
}
