package dev.mlops.api.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class InvalidInputExceptionTest {
    @Test
    void namesFieldValueAndRuleWithoutControlCharacters() {
        assertThat(new InvalidInputException("title", "a\nb", "must be one line"))
                .hasMessage("title 'a?b': must be one line");
        assertThat(new InvalidInputException("title", null, "must be there"))
                .hasMessage("title is null: must be there");
    }

    @Test
    void onlyConflictsAndOutagesAreRetryable() {
        assertThat(new ConflictException("c").isRetryable()).isTrue();
        assertThat(new UnavailableException("u").isRetryable()).isTrue();
        assertThat(new NotFoundException("n").isRetryable()).isFalse();
        assertThat(new OutcomeUnknownException("o").isRetryable()).isFalse();
    }

    @Test
    void refusalsSayWhatIsMissingAndWhatIsInTheWay() {
        assertThat(new AccessDeniedException("alice", "edit", "model 'digits'"))
                .hasMessageContainingAll("alice", "'edit'", "model 'digits'");
        assertThat(new ResourceInUseException("model version digits:3", List.of("alias champion", "deployment 7")))
                .hasMessage("model version digits:3 is in use by alias champion, deployment 7; remove these first");
    }
}
