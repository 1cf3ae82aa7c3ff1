package dev.mlops.onnx.model;

/**
 * When ONNX Runtime copies the constant matrices of a model into the order in which its kernels read them best. For a large
 * model that is nearly all of what a load takes, and runs of two to eight rows take up to three times as long without.
 */
public enum Packing {
    /** Before the model is given out. The default. */
    AT_LOAD,
    /**
     * A model that comes from a {@link OnnxOptions.Builder#cache} runs at once on weights that stay in the mapped file;
     * meanwhile they are packed in the background, and runs and bound runs change over by themselves. Results may differ
     * in the last bits before and after, as the kernels differ. A model that is not in the cache yet is packed when it is
     * loaded. See {@link OnnxModel#isPacked()}.
     */
    IN_BACKGROUND,
    /**
     * Never: from a {@link OnnxOptions.Builder#cache} a large model is loaded many times faster, takes half the memory, and
     * shares it with other processes; runs of one row take about the same time.
     */
    NEVER
}
