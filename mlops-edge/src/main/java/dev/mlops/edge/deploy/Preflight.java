package dev.mlops.edge.deploy;

import dev.mlops.api.edge.DeviceCheck.Item;
import dev.mlops.api.edge.DeviceCheck.Outcome;
import dev.mlops.api.spi.device.EngineInfo;
import dev.mlops.api.spi.device.InstanceSpec.Resources;
import java.util.List;
import java.util.Set;

/** What a device must have. */
final class Preflight {
    /** Where ONNX Runtime runs. */
    private static final Set<String> ARCHITECTURES = Set.of("amd64", "arm64");

    private static final long LEAST_MEMORY = 64L << 20;
    private static final long LEAST_DISK = 64L << 20;

    private Preflight() {}

    /** What any deployment needs. */
    static List<Item> ofDevice(EngineInfo info) {
        return of(info, new Resources(LEAST_MEMORY, 0.01, 16), LEAST_DISK);
    }

    /**
     * What one deployment needs.
     *
     * @param newBytes the bytes that must be brought to the device
     */
    static List<Item> of(EngineInfo info, Resources resources, long newBytes) {
        return List.of(
                new Item(
                        "engine",
                        Outcome.PASSED,
                        "%s %s on %s".formatted(info.kind(), info.version(), info.operatingSystem())),
                item(
                        "architecture",
                        ARCHITECTURES.contains(info.architecture()),
                        "%s; amd64 and arm64 run models".formatted(info.architecture())),
                item(
                        "processors",
                        info.cpus() >= resources.cpus(),
                        "%d there, %s needed".formatted(info.cpus(), resources.cpus())),
                item(
                        "memory",
                        info.memoryBytes() >= resources.memoryBytes(),
                        "%s there, %s needed".formatted(size(info.memoryBytes()), size(resources.memoryBytes()))),
                disk(info.freeDiskBytes(), newBytes));
    }

    private static Item disk(long free, long needed) {
        if (free < 0) {
            return item("free disk", true, "the engine cannot tell");
        }
        return item("free disk", free >= needed, "%s there, %s needed".formatted(size(free), size(needed)));
    }

    private static Item item(String name, boolean well, String detail) {
        return new Item(name, well ? Outcome.PASSED : Outcome.FAILED, detail);
    }

    private static String size(long bytes) {
        return bytes >> 20 > 0 ? (bytes >> 20) + " MiB" : bytes + " bytes";
    }
}
