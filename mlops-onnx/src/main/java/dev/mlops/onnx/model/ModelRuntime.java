package dev.mlops.onnx.model;

import java.util.List;
import java.util.stream.Collectors;

/**
 * How a model is run, as it was really chosen.
 *
 * @param version of ONNX Runtime
 * @param calls how ONNX Runtime is called, such as {@code foreign functions}
 * @param providers what became of each wish for an execution provider, and the processor
 * @param threads who computes, for people, such as {@code 4 of its own} or {@code shared}
 * @param fromCache true if it was loaded from a {@link ModelCache}
 */
public record ModelRuntime(
        String version, String calls, List<ProviderChoice> providers, String threads, boolean fromCache) {
    /** Copies the list. */
    public ModelRuntime {
        providers = List.copyOf(providers);
    }

    /** One line of all. */
    @Override
    public String toString() {
        return "ONNX Runtime %s by %s, threads: %s%s; %s"
                .formatted(
                        version,
                        calls,
                        threads,
                        fromCache ? ", from the cache" : "",
                        providers.stream().map(ProviderChoice::toString).collect(Collectors.joining("; ")));
    }
}
