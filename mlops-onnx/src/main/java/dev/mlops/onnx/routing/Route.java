package dev.mlops.onnx.routing;

import dev.mlops.onnx.model.OnnxModel;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Who serves at one time. Immutable. */
final class Route {
    final List<Arm> arms;
    final boolean isClosed;

    Route(List<Arm> arms, boolean isClosed) {
        this.arms = List.copyOf(arms);
        this.isClosed = isClosed;
    }

    Arm pick() {
        if (arms.size() == 1) {
            return arms.get(0);
        }
        int left = ThreadLocalRandom.current().nextInt(ModelRouter.WHOLE);
        int i = 0;
        while (left >= arms.get(i).percent()) {
            left -= arms.get(i++).percent();
        }
        return arms.get(i);
    }

    List<OnnxModel> models() {
        return arms.stream().map(Arm::model).toList();
    }

    /** What serves with this model; null if nothing does. */
    @Nullable
    Arm of(OnnxModel model) {
        return arms.stream()
                .filter(arm -> arm.model().equals(model))
                .findFirst()
                .orElse(null);
    }
}
