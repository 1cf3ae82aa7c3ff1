package dev.mlops.api.name;

import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.InvalidInputException;

/**
 * A key that the caller chooses for one create, so that the create can be sent again when its outcome is not known: the
 * second call with an equal key gives what the first one made instead of {@link AlreadyExistsException} or a second
 * thing. Keys belong to a project (for projects: to the principal) and a kind of thing, and are kept as long as the
 * project. A key that comes again with other arguments is refused with {@link ConflictException}.
 *
 * @param value 1 to 255 printable characters, such as a UUID
 */
public record IdempotencyKey(String value) {
    /** Checks the form. */
    public IdempotencyKey {
        if (value.isBlank() || value.length() > 255 || value.chars().anyMatch(Character::isISOControl)) {
            throw new InvalidInputException("idempotency key", value, "must be 1 to 255 printable characters");
        }
    }

    /** A key with this text. */
    public static IdempotencyKey of(String value) {
        return new IdempotencyKey(value);
    }

    @Override
    public String toString() {
        return value;
    }
}
