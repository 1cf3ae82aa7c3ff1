package dev.mlops.api.spi.device;

import org.jspecify.annotations.Nullable;

/**
 * What a device says of itself.
 *
 * @param kind the kind of engine, such as {@code docker} or {@code in-process}
 * @param version the engine's version
 * @param apiVersion the API version that was agreed on; null where there is none
 * @param operatingSystem such as {@code linux}
 * @param architecture such as {@code amd64} or {@code arm64}, in Docker's names
 * @param cpus processors
 * @param memoryBytes memory in all
 * @param freeDiskBytes free disk where models go, or -1 when the engine cannot tell
 */
public record EngineInfo(
        String kind,
        String version,
        @Nullable String apiVersion,
        String operatingSystem,
        String architecture,
        int cpus,
        long memoryBytes,
        long freeDiskBytes) {}
