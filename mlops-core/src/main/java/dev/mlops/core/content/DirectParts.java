package dev.mlops.core.content;

import dev.mlops.api.dataset.DownloadPart;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.spi.object.ObjectStore;
import dev.mlops.core.pack.BlobId;
import dev.mlops.core.pack.PackFooter;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Signs the addresses of the packs that hold a content, one for each pack. Confined to one thread. */
final class DirectParts {
    private final ObjectStore objects;
    private final PackCatalog catalog;
    private final BlobReader reader;
    private final Duration validity;
    private final Map<Integer, Optional<URI>> addresses = new HashMap<>();

    DirectParts(ObjectStore objects, PackCatalog catalog, BlobReader reader, Duration validity) {
        this.objects = objects;
        this.catalog = catalog;
        this.reader = reader;
        this.validity = validity;
    }

    /** Empty if the object store signs nothing. */
    Optional<List<DownloadPart>> of(ChunkCursor chunks) {
        List<DownloadPart> parts = new ArrayList<>();
        while (chunks.advance()) {
            BlobId id = chunks.id();
            BlobPlace place = reader.locate(id)
                    .orElseThrow(
                            () -> new NotFoundException("no content %s in %s".formatted(id.hex(), objects.describe())));
            Optional<URI> address = addresses.computeIfAbsent(place.pack(), this::sign);
            if (address.isEmpty()) {
                return Optional.empty();
            }
            if (place.rawLength() > 0) {
                parts.add(new DownloadPart(
                        address.get(),
                        place.offset(),
                        place.storedLength(),
                        place.storedLength() < place.rawLength(),
                        place.rawLength(),
                        id.sha256()));
            }
        }
        return Optional.of(List.copyOf(parts));
    }

    private Optional<URI> sign(int pack) {
        return objects.presign(PackFooter.key(catalog.pack(pack).id()), validity);
    }
}
