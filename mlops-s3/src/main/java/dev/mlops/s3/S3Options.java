package dev.mlops.s3;

import java.net.URI;
import java.time.Duration;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** What the SDK's client is made from. Immutable. */
record S3Options(
        @Nullable URI endpoint,
        String region,
        boolean pathStyle,
        AwsCredentialsProvider credentials,
        Duration requestTimeout,
        int attempts) {
    private static final Duration MAX_CONNECT_TIMEOUT = Duration.ofSeconds(10);

    /** A client that sends over {@code base}, with our timeouts but its connections, interceptors and proxies. */
    S3Client connect(OkHttpClient base) {
        OkHttpClient http = base.newBuilder()
                .connectTimeout(shorter(requestTimeout, MAX_CONNECT_TIMEOUT))
                .readTimeout(requestTimeout)
                .writeTimeout(requestTimeout)
                .callTimeout(Duration.ZERO)
                .followRedirects(false)
                .build();
        S3ClientBuilder builder = S3Client.builder()
                .httpClient(new OkHttpSdkHttpClient(http))
                .region(Region.of(region))
                .credentialsProvider(credentials)
                .forcePathStyle(pathStyle)
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                // Some stores never answer to Expect, and OkHttp would wait for the whole timeout.
                // Chunked encoding signs the body while it is sent; else plain HTTP would need a pass of its own.
                .serviceConfiguration(S3Configuration.builder()
                        .expectContinueEnabled(false)
                        .chunkedEncodingEnabled(true)
                        .build())
                .overrideConfiguration(override());
        if (endpoint != null) {
            builder.endpointOverride(endpoint);
        }
        return builder.build();
    }

    /** Signs addresses as {@link #connect} signs requests; needs no connection. */
    S3Presigner presigner() {
        S3Presigner.Builder builder = S3Presigner.builder()
                .region(Region.of(region))
                .credentialsProvider(credentials)
                .serviceConfiguration(S3Configuration.builder()
                        .pathStyleAccessEnabled(pathStyle)
                        .build());
        if (endpoint != null) {
            builder.endpointOverride(endpoint);
        }
        return builder.build();
    }

    private ClientOverrideConfiguration override() {
        return ClientOverrideConfiguration.builder()
                .retryStrategy(
                        StandardRetryStrategy.builder().maxAttempts(attempts).build())
                .defaultProfileFileSupplier(() -> ProfileFile.aggregator().build())
                .build();
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
