package dev.mlops.onnx.routing;

import java.time.Duration;
import java.util.List;

/** The end of a model that serves no more: it is closed once its last call is over. */
final class Drain extends Thread {
    /** Longer than any call is expected to take. */
    private static final Duration LIMIT = Duration.ofDays(1);

    private final Arm arm;

    private Drain(Arm arm) {
        super("mlops-onnx-drain-" + arm.model().name());
        this.arm = arm;
        setDaemon(true);
    }

    /** Waits until these are closed; when interrupted they are closed all the same, as their calls are those of others. */
    static void all(List<Arm> arms) {
        List<Drain> drains = arms.stream().map(Drain::new).toList();
        drains.forEach(Thread::start);
        try {
            for (Drain drain : drains) {
                drain.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void run() {
        arm.drain(LIMIT);
    }
}
