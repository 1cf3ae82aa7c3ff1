package dev.mlops.core.dataset;

import dev.mlops.api.access.Privilege;
import dev.mlops.api.dataset.Branch;
import dev.mlops.api.dataset.Dataset;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.RetentionPolicy;
import dev.mlops.api.dataset.VersionTag;
import dev.mlops.api.error.ResourceInUseException;
import dev.mlops.api.page.Page;
import dev.mlops.api.page.PageRequest;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import dev.mlops.core.context.ProjectContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Deletes versions that a policy does not keep: looks for them first, then deletes them in small transactions, each of
 * which looks again at what it is about to delete. Thread-safe.
 */
final class Retention {
    private static final int PAGE = 1_000;
    private static final int BATCH = 100;

    private final ProjectContext context;
    private final DatasetGuard guard;
    private final Removal removal;

    Retention(ProjectContext context, DatasetGuard guard, Removal removal) {
        this.context = context;
        this.guard = guard;
        this.removal = removal;
    }

    /** What keeps versions, as it stands in one transaction. */
    private record Bonds(Set<String> heads, Map<String, List<String>> tags) {
        List<String> tagsOf(DatasetVersion version) {
            return tags.getOrDefault(version.id(), List.of());
        }
    }

    List<DatasetVersion> prune(String name, RetentionPolicy policy) {
        List<DatasetVersion> doomed = context.<List<DatasetVersion>>read(tx -> plan(tx, name, policy));
        if (policy.isDryRun()) {
            return doomed;
        }
        List<DatasetVersion> deleted = new ArrayList<>();
        for (int from = 0; from < doomed.size(); from += BATCH) {
            List<DatasetVersion> batch = doomed.subList(from, Math.min(from + BATCH, doomed.size()));
            deleted.addAll(context.<List<DatasetVersion>>write(tx -> delete(tx, name, batch, policy)));
        }
        return List.copyOf(deleted);
    }

    private List<DatasetVersion> plan(MetadataTransaction tx, String name, RetentionPolicy policy) {
        Dataset dataset = guard.dataset(tx, name, Privilege.DELETE);
        Bonds bonds = bonds(tx, dataset);
        List<DatasetVersion> doomed = new ArrayList<>();
        List<String> users = new ArrayList<>();
        int[] seen = new int[1];
        each(request -> tx.datasets().versions(dataset.id(), request), version -> {
            if (seen[0]++ < policy.last() || isKept(tx, version, bonds, policy)) {
                return;
            }
            doomed.add(version);
            usersOf(tx, version, bonds).forEach(user -> users.add(user + " (of " + version.name() + ")"));
        });
        if (!users.isEmpty()) {
            throw new ResourceInUseException(guard.describe(name), users);
        }
        Collections.reverse(doomed);
        return List.copyOf(doomed);
    }

    private List<DatasetVersion> delete(
            MetadataTransaction tx, String name, List<DatasetVersion> batch, RetentionPolicy policy) {
        Dataset dataset = guard.dataset(tx, name, Privilege.DELETE);
        tx.datasets().lock(dataset.id());
        Bonds bonds = bonds(tx, dataset);
        List<DatasetVersion> deleted = new ArrayList<>();
        for (DatasetVersion planned : batch) {
            Optional<DatasetVersion> found = tx.datasets().findVersionById(planned.id());
            if (found.isEmpty() || isKept(tx, found.get(), bonds, policy) || isUsedSince(tx, planned, bonds, policy)) {
                continue;
            }
            bonds.tagsOf(planned).forEach(tag -> tx.datasets().deleteTag(dataset.id(), tag));
            deleted.add(removal.deleteVersion(tx, planned));
        }
        return deleted;
    }

    /** Somebody began to use it after it was planned: that is no reason to end the call in its middle. */
    private static boolean isUsedSince(
            MetadataTransaction tx, DatasetVersion version, Bonds bonds, RetentionPolicy policy) {
        return !policy.keepsUsed() && !usersOf(tx, version, bonds).isEmpty();
    }

    private boolean isKept(MetadataTransaction tx, DatasetVersion version, Bonds bonds, RetentionPolicy policy) {
        return bonds.heads().contains(version.id())
                || isYoung(version, policy.age())
                || (policy.keepsTagged() && !bonds.tagsOf(version).isEmpty())
                || (policy.keepsUsed() && !usersOf(tx, version, bonds).isEmpty());
    }

    private boolean isYoung(DatasetVersion version, @Nullable Duration age) {
        return age != null && version.createdAt().isAfter(context.now().minus(age));
    }

    /** Who uses it, but for its tags. */
    private static List<String> usersOf(MetadataTransaction tx, DatasetVersion version, Bonds bonds) {
        List<String> users = tx.datasets().users(version.id());
        return users.size() <= bonds.tagsOf(version).size() ? List.of() : users;
    }

    private static Bonds bonds(MetadataTransaction tx, Dataset dataset) {
        Set<String> heads = new HashSet<>();
        if (dataset.currentVersionId() != null) {
            heads.add(dataset.currentVersionId());
        }
        each(request -> tx.datasets().branches(dataset.id(), request), (Branch branch) -> heads.add(branch.headId()));
        addForks(tx, dataset, heads);
        Map<String, List<String>> tags = new HashMap<>();
        each(
                request -> tx.datasets().tags(dataset.id(), request),
                (VersionTag tag) -> tags.computeIfAbsent(tag.versionId(), id -> new ArrayList<>())
                        .add(tag.name()));
        return new Bonds(heads, tags);
    }

    /** Where branches went off: without that, merging them would find a conflict in every file. */
    private static void addForks(MetadataTransaction tx, Dataset dataset, Set<String> heads) {
        Optional<DatasetVersion> current =
                Optional.ofNullable(dataset.currentVersionId()).flatMap(tx.datasets()::findVersionById);
        if (current.isEmpty()) {
            return;
        }
        for (String head : List.copyOf(heads)) {
            tx.datasets()
                    .findVersionById(head)
                    .flatMap(version -> Ancestry.common(tx, version, current.get()))
                    .ifPresent(fork -> heads.add(fork.id()));
        }
    }

    private static <T> void each(Function<PageRequest, Page<T>> pages, Consumer<T> taker) {
        @Nullable String token = null;
        do {
            Page<T> page = pages.apply(new PageRequest(PAGE, token));
            page.items().forEach(taker);
            token = page.nextToken().orElse(null);
        } while (token != null);
    }
}
