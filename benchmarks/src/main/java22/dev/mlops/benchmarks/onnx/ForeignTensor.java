package dev.mlops.benchmarks.onnx;

/** A native tensor that is made once. */
interface ForeignTensor {
    /** Its address. */
    long value();

    /** Copies a Java array into it. */
    void set(Object array);

    /** Copies it into a Java array. */
    void get(Object array);
}
