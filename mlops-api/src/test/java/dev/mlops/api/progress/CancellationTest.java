package dev.mlops.api.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CancellationTest {
    private final List<String> ran = new ArrayList<>();

    @Test
    void actionsRunOnceWhenItIsCancelled() {
        Cancellation cancellation = new Cancellation();
        cancellation.onCancel(() -> ran.add("one"));
        Cancellation.Registration closed = cancellation.onCancel(() -> ran.add("closed"));
        closed.close();
        assertThat(ran).isEmpty();

        cancellation.cancel();
        cancellation.cancel();

        assertThat(ran).containsExactly("one");
    }

    @Test
    void anActionRunsAtOnceIfItIsCancelledAlready() {
        Cancellation cancellation = new Cancellation();
        cancellation.cancel();

        cancellation.onCancel(() -> ran.add("late")).close();

        assertThat(ran).containsExactly("late");
    }
}
