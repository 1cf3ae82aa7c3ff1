package dev.mlops.api.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LineageGraphTest {
    private final LineageNode model = new LineageNode(LineageKind.MODEL_VERSION, "m", "p", "digits/digits:3");
    private final LineageNode run = new LineageNode(LineageKind.RUN, "r", "p", "run softmax-2");
    private final LineageNode data = new LineageNode(LineageKind.DATASET_VERSION, "d", "p", "digits/png:V001");
    private final List<LineageEdge> edges = List.of(
            new LineageEdge("r", "m", "produced"),
            new LineageEdge("d", "r", "train, split train"),
            new LineageEdge("d", "m", "made from"));

    @Test
    void printsATreeTowardsTheData() {
        LineageGraph graph = new LineageGraph(model, LineageDirection.UPSTREAM, List.of(model, run, data), edges);

        assertThat(graph).hasToString("""
                digits/digits:3
                 ← run softmax-2 (produced)
                    ← digits/png:V001 (train, split train)
                 ← digits/png:V001 (made from)""");
        assertThat(graph.nodes(LineageKind.RUN)).containsExactly(run);
    }

    @Test
    void printsATreeTowardsWhatCameOfTheData() {
        LineageGraph graph = new LineageGraph(data, LineageDirection.DOWNSTREAM, List.of(data, run, model), edges);

        assertThat(graph.toString()).startsWith("digits/png:V001\n → run softmax-2 (train, split train)");
    }
}
