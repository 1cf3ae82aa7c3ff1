package dev.mlops.edge.docker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.transport.DockerHttpClient.Request;
import com.github.dockerjava.transport.DockerHttpClient.Response;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Makes the image that instances run, without an image registry and without Docker's tools: a Java runtime linked from
 * this machine's JDK, the C libraries that it needs, and the jars of the model server, sent to an engine as one archive.
 * Immutable.
 *
 * <p>It is made on Linux, with a JDK that has {@code jlink}, on a machine of the device's architecture and with glibc: the
 * C libraries of the image are this machine's.
 */
public final class RuntimeImage {
    /** The program that an instance is, from mlops-onnx. */
    public static final String MODEL_SERVER = "dev.mlops.onnx.serving.ModelServerMain";

    private static final List<String> MODULES =
            List.of("java.base", "java.logging", "java.management", "java.xml", "jdk.httpserver", "jdk.unsupported");
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String mainClass;
    private final List<Path> classPath;
    private final Path javaHome;

    private RuntimeImage(String mainClass, List<Path> classPath, Path javaHome) {
        this.mainClass = mainClass;
        this.classPath = classPath;
        this.javaHome = javaHome;
    }

    /**
     * An image that runs {@code mainClass}, with the JDK that runs this program.
     *
     * @param classPath the jars and directories of classes that the program needs; those of mlops-onnx and its runtime
     *     dependencies for {@link #MODEL_SERVER}
     */
    public static RuntimeImage of(String mainClass, List<Path> classPath) {
        for (Path entry : classPath) {
            if (!Files.exists(entry)) {
                throw new InvalidInputException("class path", entry, "must exist");
            }
        }
        return new RuntimeImage(mainClass, List.copyOf(classPath), Path.of(System.getProperty("java.home")));
    }

    /** The same image with the runtime of another JDK. */
    public RuntimeImage withJdk(Path javaHome) {
        return new RuntimeImage(mainClass, classPath, javaHome);
    }

    /**
     * Builds the image and puts it on the device under {@code name}, such as {@code mlops-runtime:latest}, in place of one
     * of that name. Instances that exist keep the image that they were made from.
     *
     * @throws InvalidInputException if this machine is not one that can make an image for the device
     * @throws UnavailableException if the engine or a tool of this machine fails
     */
    public void importInto(DockerEngine engine, String name) {
        requireSameKind(engine);
        try {
            Path work = Files.createTempDirectory("mlops-runtime-image");
            try {
                send(engine.session(), name, files(work));
            } finally {
                delete(work);
            }
        } catch (IOException e) {
            throw new UnavailableException("image " + name + " could not be made: " + e.getMessage(), e);
        }
    }

    private static void requireSameKind(DockerEngine engine) {
        String system = System.getProperty("os.name");
        if (!system.equals("Linux")) {
            throw new InvalidInputException("operating system", system, "must be Linux, to take its C library");
        }
        String here = System.getProperty("os.arch").equals("aarch64") ? "arm64" : System.getProperty("os.arch");
        String there = engine.info().architecture();
        if (!here.equals(there)) {
            throw new InvalidInputException("architecture", here, "must be that of the device, " + there);
        }
    }

    private RootFileSystem files(Path work) throws IOException {
        RootFileSystem files = new RootFileSystem();
        files.directory("/tmp", 041777);
        files.directory(Helpers.MODELS);
        files.text("/etc/passwd", "root:x:0:0::/:/sbin/nologin\nmlops:x:65532:65532::/tmp:/sbin/nologin\n");
        files.text("/etc/group", "root:x:0:\nmlops:x:65532:\n");
        files.text("/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n");
        Path java = linkedRuntime(work.resolve("java"));
        files.tree("/app/java", java);
        Path natives = Files.createDirectory(work.resolve("native"));
        addClassPath(files, work, natives);
        files.directory("/app/native");
        files.tree("/app/native", natives);
        for (Path library : SharedLibraries.of(programs(java, natives))) {
            files.file(library.toString(), library);
        }
        return files;
    }

    private Path linkedRuntime(Path target) {
        LocalTool.run(List.of(
                javaHome.resolve("bin/jlink").toString(),
                "--add-modules",
                String.join(",", MODULES),
                "--strip-java-debug-attributes",
                "--no-header-files",
                "--no-man-pages",
                "--output",
                target.toString()));
        // An archive of the JDK's classes, which saves a third of the start.
        LocalTool.run(List.of(target.resolve("bin/java").toString(), "-Xshare:dump"));
        return target;
    }

    private void addClassPath(RootFileSystem files, Path work, Path natives) throws IOException {
        Path slim = Files.createDirectory(work.resolve("lib"));
        int index = 0;
        for (Path entry : classPath) {
            String unique = "%03d-%s".formatted(index++, entry.getFileName());
            if (Files.isDirectory(entry)) {
                files.tree("/app/classes/" + unique, entry);
            } else {
                files.file("/app/lib/" + unique, NativeJar.slimmed(entry, slim.resolve(unique), natives));
            }
        }
    }

    private static List<Path> programs(Path java, Path natives) throws IOException {
        try (Stream<Path> runtime = Files.walk(java);
                Stream<Path> others = Files.walk(natives)) {
            return Stream.concat(runtime, others)
                    .filter(Files::isRegularFile)
                    .filter(file -> file.toString().endsWith(".so") || file.endsWith("bin/java"))
                    .sorted()
                    .toList();
        }
    }

    private List<String> changes() {
        return List.of(
                "ENTRYPOINT " + json(entryPoint()),
                "USER 65532:65532",
                "WORKDIR /",
                "ENV LANG=C.UTF-8",
                // ONNX Runtime 1.29 would report its use to its vendor, and crashes on the way where there is no shell.
                "ENV ORT_DISABLE_TELEMETRY=1",
                "EXPOSE 8080/tcp");
    }

    private List<String> entryPoint() {
        List<String> directories = new ArrayList<>(List.of("/app/lib/*"));
        for (int index = 0; index < classPath.size(); index++) {
            if (Files.isDirectory(classPath.get(index))) {
                directories.add("/app/classes/%03d-%s"
                        .formatted(index, classPath.get(index).getFileName()));
            }
        }
        return List.of(
                "/app/java/bin/java",
                "-XX:MaxRAMPercentage=50",
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:-UsePerfData",
                "-Dfile.encoding=UTF-8",
                "-Donnxruntime.native.path=/app/native",
                "-cp",
                String.join(":", directories),
                mainClass);
    }

    private void send(DockerSession session, String name, RootFileSystem files) throws IOException {
        int colon = name.lastIndexOf(':');
        String repository = colon > name.lastIndexOf('/') ? name.substring(0, colon) : name;
        String tag = repository.equals(name) ? "latest" : name.substring(colon + 1);
        String query =
                changes().stream().map(change -> "&changes=" + encoded(change)).collect(Collectors.joining());
        String path = "/images/create?fromSrc=-&repo=" + encoded(repository) + "&tag=" + encoded(tag) + query;
        try (Response response = session.send(
                "import of image " + name,
                PATIENCE,
                version -> Request.builder()
                        .method(Request.Method.POST)
                        .path("/v" + version + path)
                        .body(files.toTar())
                        .build())) {
            String answer = new String(response.getBody().readNBytes(1 << 20), StandardCharsets.UTF_8);
            if (response.getStatusCode() != 200 || answer.contains("\"error\"")) {
                throw new UnavailableException(
                        "%s refused image %s: %s".formatted(session.describe(), name, answer.strip()));
            }
        }
    }

    private static String json(List<String> values) {
        try {
            return JSON.writeValueAsString(values);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("strings always become JSON", e);
        }
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted((a, b) -> b.compareTo(a)).forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Makes the image from a command line: {@code RuntimeImage <docker host> <image> <main class> <class path>}, such as
     * {@code RuntimeImage unix:///var/run/docker.sock mlops-runtime:latest dev.mlops.onnx.serving.ModelServerMain
     * a.jar:b.jar}.
     */
    public static void main(String[] arguments) {
        if (arguments.length != 4) {
            System.err.println("usage: RuntimeImage <docker host> <image> <main class> <class path>");
            System.exit(2);
        }
        List<Path> classPath = Pattern.compile(Pattern.quote(File.pathSeparator))
                .splitAsStream(arguments[3])
                .filter(entry -> !entry.isEmpty())
                .map(Path::of)
                .toList();
        try (DockerEngine engine = DockerEngine.fromUri(URI.create(arguments[0]))) {
            RuntimeImage.of(arguments[2], classPath).importInto(engine, arguments[1]);
            System.out.println("Image " + arguments[1] + " is on " + engine.describe());
        }
    }
}
