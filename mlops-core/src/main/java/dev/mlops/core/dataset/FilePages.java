package dev.mlops.core.dataset;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.FileQuery;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.page.Page;
import dev.mlops.api.page.PageRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Pages of the files of a version. A token says where in the manifest the next match's line begins, so that a page costs
 * the reading of that page only.
 */
final class FilePages {
    private static final Pattern TOKEN = Pattern.compile("([0-9a-f]{12})-([0-9]{1,18})");

    private final StoredManifest manifest;
    private final FileFilter filter;
    private final String list;

    FilePages(DatasetVersion version, StoredManifest manifest, FileQuery query) {
        this.manifest = manifest;
        this.filter = new FileFilter(version, query);
        String identity = "%s\0%s\0%s\0%s".formatted(version.manifest(), query.prefix(), query.glob(), query.split());
        this.list = Sha256.of(identity.getBytes(StandardCharsets.UTF_8)).shortHex();
    }

    Page<FileEntry> page(PageRequest request) {
        ManifestCursor cursor = cursor(request.token());
        List<FileEntry> items = new ArrayList<>();
        while (cursor.advance() && !filter.isPast(cursor.entry())) {
            if (!filter.matches(cursor.entry())) {
                continue;
            }
            if (items.size() == request.limit()) {
                return new Page<>(items, Optional.of(list + "-" + cursor.offset()));
            }
            items.add(cursor.entry());
        }
        return new Page<>(items, Optional.empty());
    }

    private ManifestCursor cursor(@Nullable String token) {
        if (token == null) {
            return filter.prefix().isEmpty() ? manifest.fromStart() : manifest.from(filter.prefix());
        }
        Matcher matcher = TOKEN.matcher(token);
        if (!matcher.matches() || !matcher.group(1).equals(list)) {
            throw new InvalidInputException("page token", token, "is not of this list");
        }
        return manifest.at(Long.parseLong(matcher.group(2)));
    }
}
