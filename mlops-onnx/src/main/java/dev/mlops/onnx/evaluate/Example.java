package dev.mlops.onnx.evaluate;

import dev.mlops.onnx.model.Tensor;
import java.util.Map;

/**
 * One thing that a model is asked, and the right answer.
 *
 * @param name what it is called in messages, such as the path of a file
 * @param inputs a tensor for each input by name, of one row, that is with a first dimension of 1
 * @param target the right answer: the label of a class, or a number
 */
public record Example<T>(String name, Map<String, Tensor> inputs, T target) {
    /** Copies the inputs. */
    public Example {
        inputs = Map.copyOf(inputs);
    }
}
