package dev.mlops.core.checkout;

import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.MaterialiseOptions;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.core.content.ContentStore;
import dev.mlops.core.file.ReadFailures;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Makes symbolic links, which lead to places below the target only. A link may begin with {@code ..} as often as there are
 * folders to leave, which are real ones; behind that it only goes down, through folders or links of which the same is
 * true. A {@code ..} in the middle could leave through another link.
 */
final class Links {
    private static final int MAX_LENGTH = 4096;

    private final ContentStore content;
    private final MaterialiseOptions.Links allowed;
    private final Parts parts;
    private final Tally tally;

    Links(ContentStore content, MaterialiseOptions.Links allowed, Parts parts, Tally tally) {
        this.content = content;
        this.allowed = allowed;
        this.parts = parts;
        this.tally = tally;
    }

    /** Throws if links are not to be made. */
    void check(FileEntry entry) {
        if (allowed == MaterialiseOptions.Links.REFUSE) {
            throw new InvalidInputException(
                    "file '" + entry.path() + "'",
                    "symbolic link",
                    "is not made unless the options allow links inside the directory");
        }
        if (entry.size() > MAX_LENGTH) {
            throw new InvalidInputException(
                    "link '" + entry.path() + "'", entry.size(), "must be at most " + MAX_LENGTH + " bytes");
        }
    }

    void make(FileEntry entry, Folders.Folder folder) {
        Path link = folder.file(entry.path());
        try {
            Path to = link.getFileSystem().getPath(inside(entry.path(), text(entry)));
            if (Files.isDirectory(link, LinkOption.NOFOLLOW_LINKS)) {
                throw new InvalidInputException("link", link, "is there as a folder; remove it first");
            }
            if (isRight(link, to)) {
                tally.unchanged(entry.size());
                return;
            }
            Path part = parts.in(folder.path());
            Files.createSymbolicLink(part, to);
            Files.move(part, link, StandardCopyOption.ATOMIC_MOVE);
            tally.written(entry.size());
        } catch (InvalidPathException e) {
            throw new InvalidInputException(
                    "link '" + entry.path() + "'", e.getInput(), "is no path on this system", e);
        } catch (IOException | UnsupportedOperationException e) {
            throw ReadFailures.of(
                    "cannot make link " + link, e instanceof IOException io ? io : new IOException(e.getMessage(), e));
        }
    }

    private String text(FileEntry entry) throws IOException {
        try (InputStream in = content.open(entry.sha256())) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static boolean isRight(Path link, Path to) throws IOException {
        try {
            return Files.isSymbolicLink(link) && Files.readSymbolicLink(link).equals(to);
        } catch (NotLinkException e) {
            return false;
        }
    }

    /** The text of a link if it leads nowhere but below the target. */
    static String inside(String path, String text) {
        int depth = path.split("/", -1).length - 1;
        boolean goesDown = false;
        boolean isWrong = text.isEmpty() || text.startsWith("/") || text.indexOf('\\') >= 0 || text.indexOf('\0') >= 0;
        for (String part : text.split("/", -1)) {
            if (part.equals("..")) {
                isWrong |= goesDown || --depth < 0;
            } else if (!part.isEmpty() && !part.equals(".")) {
                goesDown = true;
                isWrong |= part.matches("[A-Za-z]:.*");
            }
        }
        if (isWrong) {
            throw new InvalidInputException(
                    "link '" + path + "'", text, "must be relative and lead to a place in the directory");
        }
        return text;
    }
}
