package dev.mlops.edge.docker;

import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.error.UnavailableException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;

/** The Docker Engine that {@code DOCKER_HOST} names, and images on it that tests make themselves. */
final class RealEngine {
    private static final URI URI_OF_ENGINE = URI.create(
            Optional.ofNullable(System.getenv("DOCKER_HOST")).orElse("unix://" + DockerEngine.DEFAULT_SOCKET));

    private RealEngine() {}

    /** Its address; skips the test if no engine answers there. */
    static URI require() {
        try (DockerEngine engine = DockerEngine.fromUri(URI_OF_ENGINE)) {
            engine.info();
        } catch (UnavailableException e) {
            Assumptions.abort("no Docker Engine at %s; set DOCKER_HOST (%s)".formatted(URI_OF_ENGINE, e.getMessage()));
        }
        return URI_OF_ENGINE;
    }

    /** An engine whose instances run {@link StandInServer}. */
    static DockerEngine withStandIn() {
        return withStandIn(require());
    }

    static DockerEngine withStandIn(URI uri) {
        String image = imageOf(StandInServer.class.getName(), List.of(classOf(StandInServer.class, "stand-in")));
        return engine(uri, image, StandInServer.class.getName(), List.of(classOf(StandInServer.class, "stand-in")));
    }

    /** An engine whose instances run the model server of mlops-onnx, from the class path of this test. */
    static DockerEngine withModelServer() {
        List<Path> classPath = modelServerClassPath();
        return engine(require(), imageOf(RuntimeImage.MODEL_SERVER, classPath), RuntimeImage.MODEL_SERVER, classPath);
    }

    private static DockerEngine engine(URI uri, String image, String mainClass, List<Path> classPath) {
        DockerEngine engine = DockerEngine.builder(uri).runtimeImage(image).build();
        if (!hasImage(engine, image)) {
            RuntimeImage.of(mainClass, classPath).importInto(engine, image);
        }
        return engine;
    }

    private static boolean hasImage(DockerEngine engine, String image) {
        try {
            engine.session()
                    .call("look", docker -> docker.inspectImageCmd(image).exec());
            return true;
        } catch (NotFoundException e) {
            return false;
        }
    }

    private static List<Path> modelServerClassPath() {
        Pattern needed = Pattern.compile(
                ".*/(mlops-(api|onnx)|jackson-(core|databind|annotations)|onnxruntime|netty|HdrHistogram|slf4j-(api|jdk14)|jspecify)"
                        + "[/-].*");
        List<Path> found = Pattern.compile(Pattern.quote(File.pathSeparator))
                .splitAsStream(System.getProperty("java.class.path"))
                .filter(needed.asMatchPredicate())
                .map(Path::of)
                .toList();
        return new ArrayList<>(found);
    }

    /** A name that changes with what is in the image, so that an old one is not taken for it. */
    private static String imageOf(String mainClass, List<Path> classPath) {
        StringBuilder content = new StringBuilder(mainClass)
                .append(Runtime.version())
                .append(stamp(classOf(RuntimeImage.class, "image-maker")));
        for (Path entry : classPath) {
            content.append('\n').append(entry.getFileName()).append(stamp(entry));
        }
        byte[] bytes = content.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8);
        return "mlops-test/runtime:" + dev.mlops.api.content.Sha256.of(bytes).shortHex();
    }

    private static String stamp(Path entry) {
        try (java.util.stream.Stream<Path> files = Files.walk(entry)) {
            StringBuilder stamp = new StringBuilder();
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                stamp.append(Files.size(file))
                        .append('@')
                        .append(Files.getLastModifiedTime(file).toMillis());
            }
            return stamp.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A directory that holds this class alone; deleted with target. */
    private static Path classOf(Class<?> type, String directoryName) {
        String file = type.getName().replace('.', '/') + ".class";
        Path directory = Path.of("target", directoryName).toAbsolutePath();
        Path target = directory.resolve(file);
        try (InputStream in = type.getClassLoader().getResourceAsStream(file)) {
            byte[] bytes = in.readAllBytes();
            if (!Files.exists(target) || !java.util.Arrays.equals(Files.readAllBytes(target), bytes)) {
                Files.createDirectories(target.getParent());
                Files.write(target, bytes);
            }
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
