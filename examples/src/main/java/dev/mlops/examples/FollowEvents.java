package dev.mlops.examples;

import dev.mlops.api.Mlops;
import dev.mlops.api.event.Event;
import dev.mlops.api.event.EventLog;
import dev.mlops.api.project.Project;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Events: every change is in the log, can be followed while it happens, and read again from where one stopped. */
public final class FollowEvents {
    private FollowEvents() {}

    /** Runs it; the optional argument is a directory to keep everything in. */
    public static void main(String[] args) {
        Programs.run(out -> {
            try (Mlops mlops = Programs.open(args, out)) {
                run(mlops.projects().openOrCreate("events"), out);
            }
        });
    }

    static Outcome run(Project project, PrintStream out) {
        BlockingQueue<Event> arrived = new LinkedBlockingQueue<>();
        String cursor;
        List<Event> followed;
        try (EventLog.Subscription subscription = project.events().subscribe(null, arrived::add)) {
            out.println("following what comes after cursor " + subscription.cursor());
            project.models().create("followed");
            project.runs().track("followed", run -> run.param("seen", true));
            followed = Stream.generate(() -> next(arrived))
                    .takeWhile(event -> !event.kind().name().equals("FINISHED"))
                    .toList();
            followed.forEach(event -> out.println("as it happens  " + event));
            cursor = followed.get(followed.size() - 1).cursor();
        }
        project.models().create("unseen");
        List<Event> missed = project.events().after(cursor, 100);
        missed.forEach(event -> out.println("read later     " + event));
        return new Outcome(followed, missed);
    }

    private static Event next(BlockingQueue<Event> arrived) {
        try {
            Event event = arrived.poll(10, TimeUnit.SECONDS);
            if (event == null) {
                throw new IllegalStateException("no event came in 10 seconds");
            }
            return event;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for an event", e);
        }
    }

    /** The events that were told as they happened, up to the end of the run, and those read after it. */
    record Outcome(List<Event> followed, List<Event> missed) {}
}
