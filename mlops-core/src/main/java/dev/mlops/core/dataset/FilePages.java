package dev.mlops.core.dataset;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.FileQuery;
import dev.mlops.api.error.InvalidInputException;
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
        ManifestCursor cursor = cursor(request.token());
        List<FileEntry> items = new ArrayList<>();
        for (String path = cursor.peekPath(); path != null && !filter.isPast(path); path = cursor.peekPath()) {
            FileEntry entry = cursor.next();
            if (!filter.matches(entry)) {
                continue;
            }
            if (items.size() == request.limit()) {
                return new Page<>(items, Optional.of(token(entry.path())));
            }
            items.add(entry);
        }
        return new Page<>(items, Optional.empty());
    }

    private String token(String nextPath) {
        byte[] path = nextPath.getBytes(StandardCharsets.UTF_8);
        return list + "-" + Base64.getUrlEncoder().withoutPadding().encodeToString(path);
    }

    private ManifestCursor cursor(@Nullable String token) {
        if (token == null) {
            return manifest.from(filter.prefix());
        }
        Matcher matcher = TOKEN.matcher(token);
        if (!matcher.matches() || !matcher.group(1).equals(list)) {
            throw foreign(token, null);
        }
        String path = decode(token, matcher.group(2));
        ManifestCursor cursor = manifest.from(path);
        if (!token(path).equals(token) || !path.equals(cursor.peekPath())) {
            throw foreign(token, null);
        }
        return cursor;
    }

    private static String decode(String token, String path) {
        try {
            return new String(Base64.getUrlDecoder().decode(path), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw foreign(token, e);
        }
    }

    private static InvalidInputException foreign(String token, @Nullable Throwable cause) {
        return new InvalidInputException("page token", token, "is not of this list", cause);
    }
}
