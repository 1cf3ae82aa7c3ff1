package dev.mlops.core.dataset;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.FileQuery;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.name.RelativePath;
import dev.mlops.api.page.Page;
import dev.mlops.api.page.PageRequest;
import dev.mlops.core.manifest.ManifestCursor;
import dev.mlops.core.manifest.StoredManifest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Pages of the files of a version. A token holds the path of the next match, so that a page costs the reading of that page
 * only.
 */
final class FilePages {
    private static final Pattern TOKEN = Pattern.compile("([0-9a-f]{12})-([0-9A-Za-z_-]{1,5000})");

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
        ManifestCursor cursor = manifest.from(start(request.token()));
        List<FileEntry> items = new ArrayList<>();
        while (cursor.hasNext() && !filter.isPast(cursor.peek())) {
            FileEntry entry = cursor.next();
            if (!filter.matches(entry)) {
                continue;
            }
            if (items.size() == request.limit()) {
                return new Page<>(items, Optional.of(token(entry)));
            }
            items.add(entry);
        }
        return new Page<>(items, Optional.empty());
    }

    private String token(FileEntry next) {
        byte[] path = next.path().getBytes(StandardCharsets.UTF_8);
        return list + "-" + Base64.getUrlEncoder().withoutPadding().encodeToString(path);
    }

    private String start(@Nullable String token) {
        if (token == null) {
            return filter.prefix();
        }
        Matcher matcher = TOKEN.matcher(token);
        if (!matcher.matches() || !matcher.group(1).equals(list)) {
            throw foreign(token, null);
        }
        try {
            String path = new String(Base64.getUrlDecoder().decode(matcher.group(2)), StandardCharsets.UTF_8);
            RelativePath.check("path in page token", path);
            if (!path.startsWith(filter.prefix())) {
                throw foreign(token, null);
            }
            return path;
        } catch (IllegalArgumentException e) {
            throw foreign(token, e);
        }
    }

    private static InvalidInputException foreign(String token, @Nullable Throwable cause) {
        return new InvalidInputException("page token", token, "is not of this list", cause);
    }
}
