package dev.mlops.api.edge;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Whether a device has what deployments need.
 *
 * @param device the device, with its state after the check
 * @param items what was checked
 */
public record DeviceCheck(Device device, List<Item> items) {
    /** Copies the items. */
    public DeviceCheck {
        items = List.copyOf(items);
    }

    /** True if everything was found well. */
    public boolean passed() {
        return items.stream().allMatch(item -> item.outcome() == Outcome.PASSED);
    }

    /** One line for each item. */
    @Override
    public String toString() {
        return items.stream().map(Item::toString).collect(Collectors.joining("\n"));
    }

    /**
     * One thing that was checked.
     *
     * @param name what, such as {@code engine} or {@code free disk}
     * @param outcome how it was found
     * @param detail what was found, and what to do where it failed
     */
    public record Item(String name, Outcome outcome, String detail) {
        @Override
        public String toString() {
            return "%s %s: %s".formatted(outcome == Outcome.PASSED ? "ok  " : "FAIL", name, detail);
        }
    }

    /** How a thing was found. */
    public enum Outcome {
        /** Well. */
        PASSED,
        /** Not well. */
        FAILED
    }
}
