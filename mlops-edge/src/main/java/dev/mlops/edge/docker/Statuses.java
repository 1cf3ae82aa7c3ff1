package dev.mlops.edge.docker;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import com.github.dockerjava.api.model.Container;
import dev.mlops.api.spi.device.InstanceStatus;
import dev.mlops.api.spi.device.InstanceStatus.State;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What an engine says of a container, as the status of an instance. */
final class Statuses {
    /** How a listing tells the exit code: {@code Exited (137) 2 minutes ago}, {@code Restarting (1) 3 seconds ago}. */
    private static final Pattern EXIT_CODE = Pattern.compile("(?:Exited|Restarting) \\((\\d{1,9})\\).*");

    private Statuses() {}

    /** From an inspection of the container. */
    static InstanceStatus of(InspectContainerResponse container) {
        Map<String, String> labels = labelsOf(container.getConfig().getLabels());
        ContainerState said = container.getState();
        State state = stateOf(said.getStatus());
        Integer exitCode = state == State.EXITED && said.getExitCodeLong() != null
                ? Integer.valueOf(said.getExitCodeLong().intValue())
                : null;
        return status(
                labels,
                state,
                exitCode,
                detailOf(said, container.getHostConfig().getMemory()));
    }

    /** From a line of a listing, which spares one call an instance. */
    static InstanceStatus of(Container container) {
        String text = container.getStatus() == null ? "" : container.getStatus();
        State state = stateOf(container.getState());
        Matcher code = EXIT_CODE.matcher(text);
        Integer exitCode = state == State.EXITED && code.matches() ? Integer.valueOf(code.group(1)) : null;
        return status(labelsOf(container.getLabels()), state, exitCode, text);
    }

    private static InstanceStatus status(
            Map<String, String> labels, State state, @Nullable Integer exitCode, String detail) {
        String name = labels.getOrDefault(Labels.INSTANCE, "");
        return new InstanceStatus(name, state, portOf(labels), exitCode, detail, labels);
    }

    private static State stateOf(@Nullable String status) {
        return switch (String.valueOf(status)) {
            case "created" -> State.CREATED;
            case "running", "paused" -> State.RUNNING;
            default -> State.EXITED;
        };
    }

    private static String detailOf(ContainerState said, @Nullable Long memoryLimit) {
        if (Boolean.TRUE.equals(said.getOOMKilled())) {
            return "killed, out of memory (limit " + (memoryLimit == null ? "unknown" : memoryLimit + " bytes") + ")";
        }
        if (Boolean.TRUE.equals(said.getRestarting())) {
            return "ended with exit code " + said.getExitCodeLong() + " and is about to be restarted";
        }
        return said.getError() == null ? "" : said.getError();
    }

    private static int portOf(Map<String, String> labels) {
        String port = labels.getOrDefault(Labels.PORT, "");
        return port.matches("\\d{1,5}") ? Integer.parseInt(port) : 0;
    }

    private static Map<String, String> labelsOf(@Nullable Map<String, String> labels) {
        return labels == null ? Map.of() : labels;
    }
}
