package dev.mlops.core.storage;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.FileKind;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.page.Page;
import dev.mlops.api.page.PageRequest;
import dev.mlops.api.run.Artifact;
import dev.mlops.api.spi.metadata.ContentRepository.ContentOwner;
import dev.mlops.api.spi.metadata.ContentRepository.DamageRecord;
import dev.mlops.core.content.ContentStore;
import dev.mlops.core.content.PackAudit;
import dev.mlops.core.context.StoreContext;
import dev.mlops.core.manifest.Manifests;
import dev.mlops.core.manifest.StoredManifest;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Packs that were lost, so that nobody knows which blobs they had. Their owners may find the same bytes in other packs
 * once somebody stored them again; they must then use those, lest they be collected. Confined to one thread.
 */
final class LostPacks {
    private static final int MAX_OWNERS = 100_000;
    private static final int PAGE = 1_000;

    private final StoreContext store;
    private final PackAudit audit;
    private final Manifests manifests;
    private final Map<Sha256, Set<String>> segments = new HashMap<>();
    private boolean isAllFound;

    LostPacks(StoreContext store, ContentStore content, PackAudit audit) {
        this.store = store;
        this.audit = audit;
        this.manifests = Manifests.uncached(content);
    }

    /** Makes the owners of all lost packs use the packs in which their bytes are found. */
    void holdCopies() {
        store.<List<DamageRecord>>read(tx -> tx.content().damage()).stream()
                .filter(record -> record.blobs().isEmpty())
                .forEach(record -> holdCopies(record.packId()));
    }

    /** Makes the owners of a lost pack use the packs in which their bytes are found; true if everything was found. */
    boolean holdCopies(String pack) {
        isAllFound = true;
        List<ContentOwner> owners =
                store.<List<ContentOwner>>read(tx -> tx.content().ownersOf(pack, MAX_OWNERS));
        for (ContentOwner owner : owners) {
            Set<String> needed = packsOf(owner);
            Set<String> gone = store.<Set<String>>write(tx -> tx.content().usePacks(owner, needed));
            isAllFound &= gone.isEmpty();
        }
        return isAllFound && owners.size() < MAX_OWNERS;
    }

    private Set<String> packsOf(ContentOwner owner) {
        Set<String> packs = new HashSet<>();
        String id = owner.id();
        switch (owner.kind()) {
            case DATASET_VERSION ->
                store.<Optional<DatasetVersion>>read(tx -> tx.datasets().findVersionById(id))
                        .ifPresent(version -> addManifest(version.manifest(), packs));
            case RUN -> addArtifacts(id, packs);
            case MODEL_VERSION ->
                store.<Optional<ModelVersion>>read(tx -> tx.models().findVersionById(id))
                        .ifPresent(version -> version.files().forEach(file -> add(file.sha256(), packs)));
        }
        return packs;
    }

    private void add(Sha256 content, Set<String> packs) {
        isAllFound &= audit.addPacksHolding(content, packs);
    }

    private void addManifest(Sha256 digest, Set<String> packs) {
        add(digest, packs);
        try {
            StoredManifest manifest = manifests.open(digest);
            manifest.segments().forEach(ref -> {
                Set<String> known = segments.get(ref.sha256());
                if (known == null) {
                    known = new HashSet<>();
                    add(ref.sha256(), known);
                    addFiles(manifest.read(ref), known);
                    segments.put(ref.sha256(), known);
                }
                packs.addAll(known);
            });
        } catch (IntegrityException | NotFoundException e) {
            isAllFound = false;
        }
    }

    private void addFiles(List<FileEntry> files, Set<String> packs) {
        files.stream().filter(file -> file.kind() != FileKind.FOLDER).forEach(file -> add(file.sha256(), packs));
    }

    private void addArtifacts(String run, Set<String> packs) {
        Optional<PageRequest> request = Optional.of(PageRequest.first(PAGE));
        while (request.isPresent()) {
            PageRequest current = request.get();
            Page<Artifact> page = store.<Page<Artifact>>read(tx -> tx.runs().artifacts(run, "", current));
            page.items().forEach(artifact -> add(artifact.sha256(), packs));
            request = page.nextToken().map(token -> new PageRequest(PAGE, token));
        }
    }
}
