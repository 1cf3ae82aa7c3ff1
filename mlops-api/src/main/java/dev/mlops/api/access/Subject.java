package dev.mlops.api.access;

import dev.mlops.api.error.InvalidInputException;

/**
 * To whom a privilege is granted: a user or a group, by name.
 *
 * @param kind user or group
 * @param name the name, 1 to 255 printable characters
 */
public record Subject(Kind kind, String name) {
    /** Kinds of subjects. */
    public enum Kind {
        /** One user. */
        USER,
        /** All members of a group. */
        GROUP
    }

    /** Checks the name. */
    public Subject {
        if (name.isBlank() || name.length() > 255 || name.chars().anyMatch(Character::isISOControl)) {
            throw new InvalidInputException("subject name", name, "must be 1 to 255 printable characters");
        }
    }

    /** One user. */
    public static Subject user(String name) {
        return new Subject(Kind.USER, name);
    }

    /** All members of a group. */
    public static Subject group(String name) {
        return new Subject(Kind.GROUP, name);
    }

    /** Such as {@code user alice}. */
    @Override
    public String toString() {
        return (kind == Kind.USER ? "user " : "group ") + name;
    }
}
