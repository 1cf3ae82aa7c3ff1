package dev.mlops.edge.deploy;

import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.InvalidInputException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/** The ports from {@code first} to {@code last}, both among them. */
record PortRange(int first, int last) {
    PortRange {
        if (first < 1 || last > 65_535 || first > last) {
            throw new InvalidInputException("port range", first + " to " + last, "must lie within 1 to 65535");
        }
    }

    /** The lowest port that is not taken. */
    int choose(Collection<Integer> taken, String address) {
        Set<Integer> refused = new HashSet<>(taken);
        for (int port = first; port <= last; port++) {
            if (!refused.contains(port)) {
                return port;
            }
        }
        throw new ConflictException("all ports from %d to %d of %s are taken; remove a deployment or widen the range"
                .formatted(first, last, address));
    }
}
