package dev.mlops.api.access;

import dev.mlops.api.error.InvalidInputException;
import java.util.Set;
import java.util.TreeSet;

/**
 * Who calls. The host application has authenticated the caller; the SDK checks what the caller may do. Immutable.
 *
 * @param kind whether it is a user, the host itself, or nobody
 * @param name the user's name, 1 to 255 printable characters; it stands in events and grants
 * @param groups the groups that the user is in
 */
public record Principal(Kind kind, String name, Set<String> groups) {
    /** Kinds of principals. */
    public enum Kind {
        /** A user, who may do what visibility and grants say. */
        USER,
        /** The host itself, which may do everything: the owner of an embedded store. */
        SYSTEM,
        /** Nobody in particular, who may read public projects. */
        ANONYMOUS
    }

    /** Checks the names and copies the groups. */
    public Principal {
        checkName("principal name", name);
        groups.forEach(group -> checkName("group name", group));
        groups = java.util.Collections.unmodifiableSet(new TreeSet<>(groups));
    }

    /** A user in no group. */
    public static Principal user(String name) {
        return user(name, Set.of());
    }

    /** A user in some groups. */
    public static Principal user(String name, Set<String> groups) {
        return new Principal(Kind.USER, name, groups);
    }

    /** The host itself under a name, which may do everything. */
    public static Principal system(String name) {
        return new Principal(Kind.SYSTEM, name, Set.of());
    }

    /** The owner of an embedded store: a system principal with the name {@code local}. */
    public static Principal localOwner() {
        return system("local");
    }

    /** Nobody in particular. */
    public static Principal anonymous() {
        return new Principal(Kind.ANONYMOUS, "anonymous", Set.of());
    }

    /** True if no grants are needed. */
    public boolean isSystem() {
        return kind == Kind.SYSTEM;
    }

    private static void checkName(String field, String name) {
        if (name.isBlank() || name.length() > 255 || name.chars().anyMatch(Character::isISOControl)) {
            throw new InvalidInputException(field, name, "must be 1 to 255 printable characters");
        }
    }

    @Override
    public String toString() {
        return groups.isEmpty() ? name : name + " of " + String.join(", ", groups);
    }
}
