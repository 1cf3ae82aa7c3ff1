package dev.mlops.edge.docker;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The process that made a helper container, as text on its label, so that another process can tell whether it still
 * lives. A wrong guess costs a repeated transfer, never a broken model: who lost its helper cannot write any more.
 *
 * @param machine what names the machine over restarts
 * @param boot what names this run of its kernel
 * @param space the process-id namespace, as a container has its own
 * @param pid the process
 * @param started when the process started, in milliseconds of the epoch
 * @param attempt what the process was doing, unique
 */
record Holder(String machine, String boot, String space, long pid, long started, String attempt) {
    private static final String UNKNOWN = "-";

    /** Start times are told relative to the boot time, which moves a little when the clock is set. */
    private static final long CLOCK_JITTER_MILLIS = 5_000;

    /** Whether a holder lives, as far as this process can know. */
    enum Life {
        ALIVE,
        DEAD,
        UNKNOWN
    }

    /**
     * The attempts that run in this process now, over whatever engine object: one that ended while its engine was dead
     * left its helpers behind, although the process lives.
     */
    private static final Set<String> RUNNING = ConcurrentHashMap.newKeySet();

    /** Does {@code work} as a new attempt of this process. */
    static <T> T attempt(Function<Holder, T> work) {
        Holder holder = here();
        RUNNING.add(holder.attempt);
        try {
            return work.apply(holder);
        } finally {
            RUNNING.remove(holder.attempt);
        }
    }

    /** This process, in a new attempt that does not run. */
    static Holder here() {
        return new Holder(
                machineId(),
                firstLine(Path.of("/proc/sys/kernel/random/boot_id")),
                processSpace(),
                ProcessHandle.current().pid(),
                startOf(ProcessHandle.current()),
                UUID.randomUUID().toString());
    }

    static Holder parse(String text) {
        String[] parts = text.split("/", -1);
        try {
            return new Holder(
                    parts[0], parts[1], parts[2], Long.parseLong(parts[3]), Long.parseLong(parts[4]), parts[5]);
        } catch (ArrayIndexOutOfBoundsException | NumberFormatException e) {
            return new Holder(UNKNOWN, UNKNOWN, UNKNOWN, 0, 0, text);
        }
    }

    /** Whether {@code other} lives, seen from this process. */
    Life lifeOf(Holder other) {
        if (!machine.equals(other.machine) || machine.equals(UNKNOWN)) {
            return Life.UNKNOWN;
        }
        if (!boot.equals(other.boot)) {
            return Life.DEAD;
        }
        if (!space.equals(other.space)) {
            return Life.UNKNOWN;
        }
        if (pid == other.pid && isStartOf(other, started)) {
            return RUNNING.contains(other.attempt) ? Life.ALIVE : Life.DEAD;
        }
        // The process may live on after an attempt that failed: only time tells.
        boolean lives = ProcessHandle.of(other.pid)
                .filter(process -> isStartOf(other, startOf(process)))
                .isPresent();
        return lives ? Life.UNKNOWN : Life.DEAD;
    }

    private static boolean isStartOf(Holder holder, long millis) {
        return Math.abs(millis - holder.started) < CLOCK_JITTER_MILLIS;
    }

    private static long startOf(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }

    private static String machineId() {
        String id = firstLine(Path.of("/etc/machine-id"));
        try {
            return id.equals(UNKNOWN) ? plain(InetAddress.getLocalHost().getHostName()) : id;
        } catch (IOException e) {
            return UNKNOWN;
        }
    }

    private static String processSpace() {
        try {
            return plain(Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString());
        } catch (IOException e) {
            return UNKNOWN;
        }
    }

    private static String firstLine(Path file) {
        try {
            String line = plain(Files.readString(file).strip());
            return line.isEmpty() ? UNKNOWN : line;
        } catch (IOException e) {
            return UNKNOWN;
        }
    }

    private static String plain(String text) {
        return text.replaceAll("[^A-Za-z0-9_.-]", "_");
    }

    @Override
    public String toString() {
        return String.join("/", machine, boot, space, Long.toString(pid), Long.toString(started), attempt);
    }
}
