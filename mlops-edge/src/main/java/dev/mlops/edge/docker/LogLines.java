package dev.mlops.edge.docker;

import com.github.dockerjava.api.async.ResultCallbackTemplate;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.StreamType;
import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.UnavailableException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Collects the last lines that a container printed, of both its streams. Fed by one thread, read by another. */
final class LogLines extends ResultCallbackTemplate<LogLines, Frame> {
    /** What a container prints without a line feed is cut there. */
    private static final int MAX_LINE = 1 << 14;

    private final int max;
    private final Deque<String> lines = new ArrayDeque<>();
    private final Map<StreamType, ByteArrayOutputStream> unfinished = new EnumMap<>(StreamType.class);

    LogLines(int max) {
        this.max = max;
    }

    @Override
    public synchronized void onNext(Frame frame) {
        ByteArrayOutputStream line =
                unfinished.computeIfAbsent(frame.getStreamType(), type -> new ByteArrayOutputStream());
        for (byte b : frame.getPayload()) {
            if (b == '\n') {
                finish(line);
            } else if (line.size() < MAX_LINE) {
                line.write(b);
            }
        }
    }

    private void finish(ByteArrayOutputStream line) {
        lines.add(line.toString(StandardCharsets.UTF_8).stripTrailing());
        line.reset();
        if (lines.size() > max) {
            lines.remove();
        }
    }

    /** Waits until the engine has told everything; docker-java reports errors of its thread here, or never. */
    LogLines await(Duration timeout) {
        try {
            if (!awaitCompletion(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new UnavailableException("the logs were not read within " + timeout.toSeconds() + " s");
            }
            return this;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancelledException("reading of the logs was interrupted", e);
        } finally {
            closeQuietly();
        }
    }

    private void closeQuietly() {
        try {
            close();
        } catch (java.io.IOException e) {
            // The connection is gone already, and its lines are here.
        }
    }

    /** What was collected, oldest first. */
    synchronized List<String> lines() {
        unfinished.values().stream().filter(line -> line.size() > 0).forEach(this::finish);
        return new ArrayList<>(lines);
    }
}
