package dev.mlops.api.spi.device;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a device says of an instance now.
 *
 * @param name its name
 * @param state what it does
 * @param hostPort its port on the device's loopback address
 * @param exitCode the exit code of the last end; null if it never ended or the engine has none
 * @param detail what the engine adds, such as the reason of the last end; may be empty
 * @param labels its labels, those of its spec among them
 */
public record InstanceStatus(
        String name, State state, int hostPort, @Nullable Integer exitCode, String detail, Map<String, String> labels) {
    /** Copies the labels. */
    public InstanceStatus {
        labels = Map.copyOf(labels);
    }

    /** What an instance does, as the engine sees it. Running does not mean ready. */
    public enum State {
        /** Made, never started. */
        CREATED,
        /** Its process runs. */
        RUNNING,
        /** It was stopped or ended by itself. */
        EXITED
    }
}
