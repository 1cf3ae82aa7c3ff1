package dev.mlops.onnx.model;

/**
 * What became of a wish for an execution provider.
 *
 * @param provider the wish
 * @param chosen true if the provider may compute operators of the model; which of them, ONNX Runtime decides
 * @param reason why, for people
 */
public record ProviderChoice(ExecutionProvider provider, boolean chosen, String reason) {
    /** Such as {@code CUDA: not chosen, this ONNX Runtime has only [CPU]}. */
    @Override
    public String toString() {
        return "%s: %s, %s".formatted(provider, chosen ? "chosen" : "not chosen", reason);
    }
}
