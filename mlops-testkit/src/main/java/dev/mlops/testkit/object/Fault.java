package dev.mlops.testkit.object;

import dev.mlops.api.spi.object.ObjectStore;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Predicate;

/**
 * One way in which a {@link FaultyObjectStore} misbehaves, and at which calls: at every call that it can happen at,
 * unless it is narrowed down. {@code Fault.unavailable().on(Call.PUT).keysStartingWith("pack/").nth(3)} fails the third
 * put of a pack, once. Immutable.
 */
public final class Fault {
    /** The calls of an {@link ObjectStore}. */
    public enum Call {
        /** {@link ObjectStore#putIfAbsent}. */
        PUT,
        /** {@link ObjectStore#get}, of a whole object or of a range. */
        GET,
        /** {@link ObjectStore#head}. */
        HEAD,
        /** {@link ObjectStore#list}; what happens to single objects of a listing counts once for each of them. */
        LIST,
        /** {@link ObjectStore#delete}. */
        DELETE
    }

    sealed interface Kind {
        record Unavailable() implements Kind {}

        record ReportedAsFailed() implements Kind {}

        record ReportedAsExisting() implements Kind {}

        record Truncated(long length) implements Kind {}

        record Broken(long length) implements Kind {}

        record TooLong(long extra) implements Kind {}

        record FlippedBit(long offset, int mask) implements Kind {}

        record WrongLength(long difference) implements Kind {}

        record Missing() implements Kind {}

        record Slow(Duration pause) implements Kind {}

        record FullDisk(long bytes) implements Kind {}
    }

    private final Kind kind;
    private final Set<Call> calls;
    private final Predicate<String> keys;
    private final int from;
    private final int to;
    private final double probability;

    private Fault(Kind kind, Set<Call> calls, Predicate<String> keys, int from, int to, double probability) {
        this.kind = kind;
        this.calls = calls;
        this.keys = keys;
        this.from = from;
        this.to = to;
        this.probability = probability;
    }

    private static Fault at(Kind kind, EnumSet<Call> calls) {
        return new Fault(kind, calls, key -> true, 1, Integer.MAX_VALUE, 1);
    }

    /** The call is not done and throws {@link dev.mlops.api.error.UnavailableException}. */
    public static Fault unavailable() {
        return at(new Kind.Unavailable(), EnumSet.allOf(Call.class));
    }

    /**
     * The put or delete is done, but throws {@link dev.mlops.api.error.UnavailableException}, as if its answer were
     * lost.
     */
    public static Fault reportedAsFailed() {
        return at(new Kind.ReportedAsFailed(), EnumSet.of(Call.PUT, Call.DELETE));
    }

    /** The put creates the object, but says that it existed, as a retried create does that does not know itself again. */
    public static Fault reportedAsExisting() {
        return at(new Kind.ReportedAsExisting(), EnumSet.of(Call.PUT));
    }

    /** Nothing is read of an object after its first {@code length} bytes, and nobody says so. */
    public static Fault truncated(long length) {
        return at(new Kind.Truncated(length), EnumSet.of(Call.GET));
    }

    /** Reading an object fails after its first {@code length} bytes with an {@link java.io.IOException}. */
    public static Fault broken(long length) {
        return at(new Kind.Broken(length), EnumSet.of(Call.GET));
    }

    /** Reading an object or a range of it gives {@code extra} bytes more than there are or were asked for. */
    public static Fault tooLong(long extra) {
        return at(new Kind.TooLong(extra), EnumSet.of(Call.GET));
    }

    /**
     * One bit of an object is read wrongly.
     *
     * @param offset which byte of the object
     * @param bit which of its bits, 0 to 7
     */
    public static Fault flippedBit(long offset, int bit) {
        return at(new Kind.FlippedBit(offset, 1 << (bit & 7)), EnumSet.of(Call.GET));
    }

    /** An object's size is said to be more by {@code difference} than it is; never less than 0. */
    public static Fault wrongLength(long difference) {
        return at(new Kind.WrongLength(difference), EnumSet.of(Call.HEAD, Call.LIST));
    }

    /** Objects are not there for those who read, look or list; narrowed to {@link Call#LIST}, listings omit them. */
    public static Fault missing() {
        return at(new Kind.Missing(), EnumSet.of(Call.GET, Call.HEAD, Call.LIST));
    }

    /** The call waits before it begins. */
    public static Fault slow(Duration pause) {
        return at(new Kind.Slow(pause), EnumSet.allOf(Call.class));
    }

    /**
     * Puts take {@code bytes} bytes altogether, counted from when the fault is injected; one that does not fit throws
     * {@link dev.mlops.api.error.UnavailableException} and stores nothing. Deleting gives no room.
     */
    public static Fault fullDisk(long bytes) {
        return at(new Kind.FullDisk(bytes), EnumSet.of(Call.PUT));
    }

    /** Only at these calls, of those that it can happen at. */
    public Fault on(Call first, Call... others) {
        EnumSet<Call> only = EnumSet.of(first, others);
        only.retainAll(calls);
        return new Fault(kind, only, keys, from, to, probability);
    }

    /** Only for these keys; a whole listing has its prefix for a key. */
    public Fault keys(Predicate<String> only) {
        return new Fault(kind, calls, keys.and(only), from, to, probability);
    }

    /** Only for keys with this prefix. */
    public Fault keysStartingWith(String prefix) {
        return keys(key -> key.startsWith(prefix));
    }

    /** Only at the {@code n}-th of the calls that are left, from 1. */
    public Fault nth(int n) {
        return new Fault(kind, calls, keys, n, n, probability);
    }

    /** Only at the first {@code n} of the calls that are left. */
    public Fault first(int n) {
        return new Fault(kind, calls, keys, 1, n, probability);
    }

    /** At each of the calls that are left with this probability, 0 to 1. */
    public Fault withProbability(double share) {
        return new Fault(kind, calls, keys, from, to, share);
    }

    Kind kind() {
        return kind;
    }

    boolean concerns(Call call, String key) {
        return calls.contains(call) && keys.test(key);
    }

    /** {@code count} is the number of this call among those that the fault concerns, {@code random} is 0 to 1. */
    boolean happensAt(int count, double random) {
        return count >= from && count <= to && random < probability;
    }

    @Override
    public String toString() {
        return kind + " at " + calls;
    }
}
