package dev.mlops.examples.quickstart;

import dev.mlops.api.edge.Deployment;
import dev.mlops.api.edge.Device;
import dev.mlops.api.edge.EdgeDeployer;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.examples.digits.Camera;
import dev.mlops.examples.digits.Digit;
import dev.mlops.examples.digits.Reading;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** The champion goes to a device and reads images there, over HTTP. */
final class DeviceChapter {
    private static final int SHOWN = 7;
    private static final int ASKED = 100;
    private static final double BAR = 24;

    private final EdgeDeployer edge;
    private final Story story;
    private final Path question;

    DeviceChapter(EdgeDeployer edge, Story story, Path question) {
        this.edge = edge;
        this.story = story;
        this.question = question;
    }

    Deployment deploy(ModelVersion champion, EdgeSite site) {
        story.chapter("Device");
        Device device = site.device(edge);
        story.say("%s is a device. %s.", device, site.description());
        long begin = System.nanoTime();
        Deployment deployment = edge.deploy(champion, device);
        story.say(
                "%s is deployed there and answers inferences %s after it was asked for. The steps:",
                champion, Story.seconds(Duration.ofNanos(System.nanoTime() - begin)));
        story.pause();
        edge.steps(deployment).forEach(step -> story.row("  %s", step));
        story.pause();
        story.say("Programs on the device ask it at %s.", deployment.endpoint());
        return deployment;
    }

    /** Has images read and returns how many were read rightly. */
    int ask(Deployment deployment, ModelVersion champion, List<Digit> test) {
        Camera camera = new Camera(deployment.endpoint(), champion);
        Digit first = test.stream()
                .filter(digit -> digit.label() == SHOWN)
                .findFirst()
                .orElseThrow();
        keepQuestion(camera.question(first));
        show(first, camera.send(first));
        int right = 0;
        List<Long> nanos = new ArrayList<>();
        for (Digit digit : images(test)) {
            long begin = System.nanoTime();
            right += camera.send(digit).digit() == digit.label() ? 1 : 0;
            nanos.add(System.nanoTime() - begin);
        }
        Collections.sort(nanos);
        double median = nanos.get(nanos.size() / 2) / 1e6;
        story.say(
                "Of %d images sent one after the other %d are read rightly; half of the answers come within %.1f ms.",
                nanos.size(), right, median);
        return right;
    }

    /** Every third image, since the test split is in the order of the labels. */
    static List<Digit> images(List<Digit> test) {
        return IntStream.range(0, test.size())
                .filter(i -> i % 3 == 0)
                .limit(ASKED)
                .mapToObj(test::get)
                .toList();
    }

    private void show(Digit digit, Reading reading) {
        story.pause();
        story.say("The camera sends this image; beside it, what the model makes of it:");
        story.pause();
        List<String> art = digit.art().lines().toList();
        for (int label = 0; label < reading.scores().size(); label++) {
            double score = reading.scores().get(label);
            story.row(
                    "  %-18s    %d  %5.1f %%  %s",
                    label > 0 && label <= art.size() ? art.get(label - 1) : "", label, score * 100, "█".repeat((int)
                                    Math.round(Math.max(0, Math.min(1, score)) * BAR)));
        }
        story.pause();
        story.say("It reads a %d; the writer meant a %d.", reading.digit(), digit.label());
    }

    private void keepQuestion(String json) {
        try {
            Files.writeString(question, json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
