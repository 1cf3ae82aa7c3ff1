package dev.mlops.testkit.object;

import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.spi.object.ObjectBody;
import dev.mlops.api.spi.object.ObjectInfo;
import dev.mlops.api.spi.object.ObjectStore;
import dev.mlops.api.spi.object.PutResult;
import dev.mlops.testkit.object.Fault.Call;
import dev.mlops.testkit.object.Fault.Kind;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Spliterators;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * An object store that fails and lies as told, over one that does neither, for tests of what is built on object stores.
 * Without faults it behaves as the store below it, but gives neither local files nor signed addresses, as those would
 * go round it. It closes the store below it. Thread-safe; with the same seed and calls from one thread it fails at the
 * same calls.
 */
public final class FaultyObjectStore implements ObjectStore {
    private final ObjectStore store;
    private final Random random;
    private final List<Injected> faults = new CopyOnWriteArrayList<>();
    private final Map<Call, AtomicInteger> calls = new ConcurrentHashMap<>();

    private record Injected(Fault fault, AtomicInteger count, AtomicLong room) {}

    /**
     * Creates a store that has no faults yet.
     *
     * @param seed for faults with a probability
     */
    public FaultyObjectStore(ObjectStore store, long seed) {
        this.store = store;
        this.random = new Random(seed);
    }

    /** Misbehaves so from now on, in addition to what it does already. */
    public FaultyObjectStore inject(Fault fault) {
        long room = fault.kind() instanceof Kind.FullDisk disk ? disk.bytes() : 0;
        faults.add(new Injected(fault, new AtomicInteger(), new AtomicLong(room)));
        return this;
    }

    /** Takes all faults away. */
    public void heal() {
        faults.clear();
    }

    /** How often a method was called, failed or not. */
    public int calls(Call call) {
        return counter(call).get();
    }

    @Override
    public PutResult putIfAbsent(String key, ObjectBody body) {
        List<Injected> now = begin(Call.PUT, key);
        for (Injected injected : now) {
            if (injected.fault().kind() instanceof Kind.FullDisk
                    && injected.room().addAndGet(-body.length()) < 0) {
                throw new UnavailableException("cannot write object '" + key + "': No space left on device");
            }
        }
        PutResult result = store.putIfAbsent(key, body);
        throwIfReportedAsFailed(now, "write", key);
        return has(now, Kind.ReportedAsExisting.class) ? PutResult.EXISTED : result;
    }

    @Override
    public InputStream get(String key) {
        List<Injected> now = beginRead(key);
        return read(now, 0, store.get(key));
    }

    @Override
    public InputStream get(String key, long offset, long length) {
        List<Injected> now = beginRead(key);
        return read(now, offset, store.get(key, offset, length));
    }

    private List<Injected> beginRead(String key) {
        List<Injected> now = begin(Call.GET, key);
        if (has(now, Kind.Missing.class)) {
            throw new NotFoundException("no object '" + key + "' in " + describe());
        }
        return now;
    }

    private static InputStream read(List<Injected> now, long offset, InputStream whole) {
        InputStream in = whole;
        for (Injected injected : now) {
            in = new FaultyStream(in, offset, injected.fault().kind());
        }
        return in;
    }

    @Override
    public Optional<ObjectInfo> head(String key) {
        List<Injected> now = begin(Call.HEAD, key);
        return store.head(key).flatMap(info -> asSeen(now, info));
    }

    @Override
    public Iterator<ObjectInfo> list(String prefix) {
        count(Call.LIST);
        for (Injected injected : faults) {
            if (!concernsSingleObjects(injected)) {
                beginOne(injected, Call.LIST, prefix);
            }
        }
        Iterator<ObjectInfo> objects = store.list(prefix);
        Stream<ObjectInfo> stream = StreamSupport.stream(Spliterators.spliteratorUnknownSize(objects, 0), false);
        return stream.flatMap(info -> asSeen(hitting(Call.LIST, info.key()), info).stream())
                .iterator();
    }

    private static boolean concernsSingleObjects(Injected injected) {
        Kind kind = injected.fault().kind();
        return kind instanceof Kind.Missing || kind instanceof Kind.WrongLength;
    }

    private static Optional<ObjectInfo> asSeen(List<Injected> now, ObjectInfo info) {
        if (has(now, Kind.Missing.class)) {
            return Optional.empty();
        }
        long size = info.size();
        for (Injected injected : now) {
            if (injected.fault().kind() instanceof Kind.WrongLength wrong) {
                size = Math.max(0, size + wrong.difference());
            }
        }
        return Optional.of(new ObjectInfo(info.key(), size, info.createdAt()));
    }

    @Override
    public boolean delete(String key) {
        List<Injected> now = begin(Call.DELETE, key);
        boolean deleted = store.delete(key);
        throwIfReportedAsFailed(now, "delete", key);
        return deleted;
    }

    @Override
    public List<String> limitations() {
        return store.limitations();
    }

    @Override
    public String describe() {
        return store.describe() + ", with faults";
    }

    @Override
    public void close() {
        store.close();
    }

    /** The faults that happen at this call, after those that happen before it. */
    private List<Injected> begin(Call call, String key) {
        count(call);
        List<Injected> now = hitting(call, key);
        for (Injected injected : now) {
            happenBefore(injected, call, key);
        }
        return now;
    }

    private void beginOne(Injected injected, Call call, String key) {
        if (hits(injected, call, key)) {
            happenBefore(injected, call, key);
        }
    }

    private List<Injected> hitting(Call call, String key) {
        List<Injected> hitting = new ArrayList<>();
        for (Injected injected : faults) {
            // A listing as a whole has had its faults already.
            if ((call != Call.LIST || concernsSingleObjects(injected)) && hits(injected, call, key)) {
                hitting.add(injected);
            }
        }
        return hitting;
    }

    private boolean hits(Injected injected, Call call, String key) {
        Fault fault = injected.fault();
        return fault.concerns(call, key) && fault.happensAt(injected.count().incrementAndGet(), random.nextDouble());
    }

    private static void happenBefore(Injected injected, Call call, String key) {
        Kind kind = injected.fault().kind();
        if (kind instanceof Kind.Unavailable) {
            throw new UnavailableException("cannot %s object '%s': 500 InternalError, as told".formatted(call, key));
        }
        if (kind instanceof Kind.Slow slow) {
            pause(slow.pause());
        }
    }

    private static void pause(Duration pause) {
        try {
            Thread.sleep(pause.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancelledException("interrupted while the object store was slow", e);
        }
    }

    private static void throwIfReportedAsFailed(List<Injected> now, String verb, String key) {
        if (has(now, Kind.ReportedAsFailed.class)) {
            throw new UnavailableException("cannot %s object '%s': the answer was lost, as told".formatted(verb, key));
        }
    }

    private static boolean has(List<Injected> now, Class<? extends Kind> kind) {
        return now.stream()
                .anyMatch(injected -> kind.isInstance(injected.fault().kind()));
    }

    private void count(Call call) {
        counter(call).incrementAndGet();
    }

    private AtomicInteger counter(Call call) {
        return calls.computeIfAbsent(call, each -> new AtomicInteger());
    }
}
