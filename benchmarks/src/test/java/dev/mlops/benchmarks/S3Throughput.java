package dev.mlops.benchmarks;

import dev.mlops.api.Mlops;
import dev.mlops.api.dataset.DatasetStore;
import dev.mlops.api.dataset.FileSource;
import dev.mlops.api.dataset.PublishOptions;
import dev.mlops.api.spi.object.ObjectBody;
import dev.mlops.core.MlopsSdk;
import dev.mlops.jdbc.SqliteMetadataStore;
import dev.mlops.s3.S3ObjectStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;

/**
 * How fast a data set is published to S3, beside how fast the same client puts objects of 32 MiB to the same server: a real
 * one on loopback, in a process of its own, that keeps them as files. In turn, the median of several rounds.
 *
 * <p>Every build runs it for a moment; {@code mvn -pl benchmarks -am test -Dtest=S3ThroughputTest
 * -Dsurefire.failIfNoSpecifiedTests=false -Dbenchmark.megabytes=2000 -Dbenchmark.rounds=3} measures.
 */
final class S3Throughput {
    private static final String ACCESS_KEY = "benchmark";
    private static final String SECRET_KEY = "no-secret-at-all";
    private static final int OBJECT = 32 << 20;
    private static final int FILE = 128 << 20;

    private final URI endpoint;
    private final Path directory;
    private final int objects;

    private S3Throughput(URI endpoint, Path directory, int objects) {
        this.endpoint = endpoint;
        this.directory = directory;
        this.objects = objects;
    }

    /** The server's process. */
    public static void main(String[] args) throws Exception {
        serve(Path.of(args[0]));
    }

    /** What was measured, in MB (1,000,000 bytes) a second. */
    record Figures(double raw, double published) {
        @Override
        public String toString() {
            return "raw-MBps=%.0f publish-MBps=%.0f percent=%.0f".formatted(raw, published, 100 * published / raw);
        }
    }

    /** Says its port and ends when its standard input does. */
    private static void serve(Path directory) throws Exception {
        FilesystemNio2BlobStore buckets = new FilesystemNio2BlobStore(directory.toString());
        S3Proxy proxy = S3Proxy.builder()
                .endpoint(URI.create("http://127.0.0.1:0"))
                .awsAuthentication(AuthenticationType.AWS_V4, ACCESS_KEY, SECRET_KEY)
                .blobStore(buckets)
                .build();
        buckets.createContainer("raw");
        buckets.createContainer("datasets");
        proxy.start();
        System.out.println("port " + proxy.getPort());
        while (System.in.read() >= 0) {
            // until the parent ends
        }
        proxy.stop();
    }

    /** Measures and prints; the medians. */
    static Figures measure(Path directory, int megabytes, int rounds) throws Exception {
        Path buckets = Files.createDirectory(directory.resolve("buckets"));
        Process server = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        S3Throughput.class.getName(),
                        buckets.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8))) {
            String line = output.readLine();
            if (line == null || !line.startsWith("port ")) {
                throw new IOException("the S3 server did not start: " + line);
            }
            URI endpoint = URI.create("http://127.0.0.1:" + line.substring("port ".length()));
            int objects = Math.max(1, (int) ((long) megabytes * 1_000_000 / OBJECT));
            return new S3Throughput(endpoint, directory, objects).run(rounds);
        } finally {
            server.getOutputStream().close();
            server.waitFor();
        }
    }

    private Figures run(int rounds) throws Exception {
        double[] raw = new double[rounds];
        double[] published = new double[rounds];
        round(-1); // warms both up
        for (int i = 0; i < rounds; i++) {
            double[] figures = round(i);
            raw[i] = figures[0];
            published[i] = figures[1];
            System.out.println("round " + (i + 1) + ": " + new Figures(raw[i], published[i]));
        }
        Arrays.sort(raw);
        Arrays.sort(published);
        Figures medians = new Figures(raw[rounds / 2], published[rounds / 2]);
        System.out.println("medians: " + medians);
        return medians;
    }

    private double[] round(int number) throws Exception {
        List<Path> files = files(number);
        double raw = raw(number, files);
        double published = publish(number, files);
        for (Path file : files) {
            Files.delete(file);
        }
        return new double[] {raw, published};
    }

    /** Bytes that no other round has and that do not compress. */
    private List<Path> files(int round) throws IOException {
        List<Path> files = new ArrayList<>();
        Samples samples = new Samples(1_000 + round);
        long left = (long) objects * OBJECT;
        for (int i = 0; left > 0; i++) {
            int length = (int) Math.min(FILE, left);
            files.add(Files.write(directory.resolve("part-%d-%03d.bin".formatted(round, i)), samples.noise(length)));
            left -= length;
        }
        return files;
    }

    private double raw(int round, List<Path> files) throws Exception {
        byte[] body = Arrays.copyOf(Files.readAllBytes(files.get(0)), OBJECT);
        ExecutorService threads =
                Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
        try (S3ObjectStore store = open("raw")) {
            long start = System.nanoTime();
            List<Future<?>> puts = IntStream.range(0, objects)
                    .<Future<?>>mapToObj(i -> threads.submit(
                            () -> store.putIfAbsent("raw/%d/%04d".formatted(round, i), ObjectBody.of(body))))
                    .toList();
            for (Future<?> put : puts) {
                put.get();
            }
            return rate((long) objects * OBJECT, start);
        } finally {
            threads.shutdown();
        }
    }

    private double publish(int round, List<Path> files) throws Exception {
        Path database = directory.resolve("round-%d.db".formatted(round));
        try (S3ObjectStore store = open("datasets");
                SqliteMetadataStore metadata = SqliteMetadataStore.open(database);
                Mlops mlops = MlopsSdk.builder()
                        .metadata(metadata)
                        .objects(store)
                        .cache(directory.resolve("cache-" + round))
                        .build()) {
            DatasetStore datasets = mlops.projects().openOrCreate("default").datasets();
            List<FileSource> sources = new ArrayList<>();
            for (Path file : files) {
                sources.add(new FileSource(file.getFileName().toString(), ObjectBody.of(file)));
            }
            long start = System.nanoTime();
            long bytes = datasets.publish("round" + round, sources.iterator(), PublishOptions.defaults())
                    .bytes();
            return rate(bytes, start);
        }
    }

    private static double rate(long bytes, long start) {
        return bytes / 1e6 / ((System.nanoTime() - start) / 1e9);
    }

    private S3ObjectStore open(String bucket) {
        return S3ObjectStore.builder()
                .endpoint(endpoint)
                .pathStyle()
                .credentials(ACCESS_KEY, SECRET_KEY)
                .bucket(bucket)
                .open();
    }
}
