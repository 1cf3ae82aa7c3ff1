package dev.mlops.api.access;

import java.util.EnumSet;
import java.util.Set;

/** What a principal may do with a project or with one asset in it. */
public enum Privilege {
    /** See it, read its content, find it in lists. */
    READ,
    /** Change it and add to it; implies {@link #READ}. */
    EDIT,
    /** Put it on devices and into releases; implies {@link #READ}. */
    DEPLOY,
    /** Make it visible to others, move its aliases; implies {@link #READ}. */
    PUBLISH,
    /** Delete, restore and purge it; implies {@link #READ}. */
    DELETE,
    /** Everything, and granting privileges to others; implies all. */
    ADMIN;

    /** True if one who has this privilege has the other as well. */
    public boolean implies(Privilege other) {
        return this == other || this == ADMIN || other == READ;
    }

    /** The privileges of which each implies this one, this one among them. */
    public Set<Privilege> impliedBy() {
        EnumSet<Privilege> result = EnumSet.noneOf(Privilege.class);
        for (Privilege privilege : values()) {
            if (privilege.implies(this)) {
                result.add(privilege);
            }
        }
        return result;
    }

    /** The name in lower case, as errors and the database show it. */
    @Override
    public String toString() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
