package dev.mlops.benchmarks.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import java.util.Random;
import java.util.stream.IntStream;
import org.tribuo.MutableDataset;
import org.tribuo.classification.Label;
import org.tribuo.classification.LabelFactory;
import org.tribuo.classification.sgd.linear.LinearSGDTrainer;
import org.tribuo.classification.sgd.objectives.LogMulticlass;
import org.tribuo.impl.ArrayExample;
import org.tribuo.math.optimisers.AdaGrad;
import org.tribuo.provenance.SimpleDataSourceProvenance;

/** A softmax regression that Tribuo trains on seeded points around four centres, and exports. */
final class TribuoLinear {
    private static final int FEATURES = 20;
    private static final int CLASSES = 4;
    private static final int EXAMPLES = 400;
    private static final int EPOCHS = 5;
    private static final int LOG_NOTHING = -1;

    private TribuoLinear() {}

    static ModelProto export() {
        LinearSGDTrainer trainer =
                new LinearSGDTrainer(new LogMulticlass(), new AdaGrad(0.1), EPOCHS, LOG_NOTHING, 1, 42);
        return trainer.train(examples()).exportONNXModel("dev.mlops.benchmarks", 1);
    }

    private static MutableDataset<Label> examples() {
        LabelFactory labels = new LabelFactory();
        MutableDataset<Label> examples =
                new MutableDataset<>(new SimpleDataSourceProvenance("points around centres", labels), labels);
        String[] names =
                IntStream.range(0, FEATURES).mapToObj("f%02d"::formatted).toArray(String[]::new);
        Random random = new Random(42);
        for (int i = 0; i < EXAMPLES; i++) {
            int centre = i % CLASSES;
            double[] values = IntStream.range(0, FEATURES)
                    .mapToDouble(k -> random.nextGaussian() + (k % CLASSES == centre ? 2 : 0))
                    .toArray();
            examples.add(new ArrayExample<>(new Label("class" + centre), names, values));
        }
        return examples;
    }
}
