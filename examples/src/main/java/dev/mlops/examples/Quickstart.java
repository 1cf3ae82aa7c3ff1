package dev.mlops.examples;

import dev.mlops.api.Mlops;
import dev.mlops.api.error.MlopsException;
import dev.mlops.embedded.EmbeddedMlops;
import dev.mlops.examples.quickstart.DigitStory;
import dev.mlops.examples.quickstart.EdgeSite;
import dev.mlops.examples.quickstart.Outcome;
import dev.mlops.examples.quickstart.Story;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;

/**
 * The main job from end to end on real data: handwritten digits become a data set, models are trained on it, the best is
 * deployed and read over HTTP, released and rolled back, and its lineage is told.
 *
 * <p>Arguments, both optional: a directory to keep everything in ({@code mlops-data} by default; a second run goes on
 * there), and {@code --docker} with the address of a Docker Engine ({@code DOCKER_HOST} or the usual socket by default) or
 * {@code none}.
 */
public final class Quickstart {
    private static final String USUAL_SOCKET = "unix:///var/run/docker.sock";
    private static final String NO_DOCKER = "none";

    private Quickstart() {}

    /** Runs it. */
    public static void main(String[] args) {
        Programs.run(out -> tell(Arguments.parse(args, "--docker"), System.getenv(), out));
    }

    private static void tell(Arguments arguments, Map<String, String> environment, PrintStream out) {
        Path home = Path.of(arguments.first().orElse("mlops-data"));
        String docker = arguments.option("--docker").orElse(environment.getOrDefault("DOCKER_HOST", USUAL_SOCKET));
        Path edge = home.resolve("edge");
        try (EdgeSite site = docker.equals(NO_DOCKER)
                ? EdgeSite.inProcess(edge)
                : EdgeSite.dockerIfThere(URI.create(docker), edge)) {
            tell(home, site, out);
        }
    }

    /**
     * Tells the story.
     *
     * @param directory where everything is kept
     * @param site where models are deployed
     * @throws MlopsException if something fails, which says what to do
     */
    static Outcome tell(Path directory, EdgeSite site, PrintStream out) {
        Path home = directory.toAbsolutePath().normalize();
        try (Mlops mlops = EmbeddedMlops.open(home)) {
            return new DigitStory(mlops, site, new Story(out), home).tell();
        }
    }
}
