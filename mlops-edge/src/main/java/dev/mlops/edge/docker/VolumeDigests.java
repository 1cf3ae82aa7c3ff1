package dev.mlops.edge.docker;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.IntegrityException;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** Hashes the files of an archive that an engine gives, without trusting its sizes. */
final class VolumeDigests {
    private VolumeDigests() {}

    /**
     * The digest of each file, by its path without the leading directory.
     *
     * @throws IntegrityException if there is anything but files and directories, or more than {@code maxBytes} of files
     * @throws IOException if the archive breaks off
     */
    static Map<String, String> of(TarArchiveInputStream tar, long maxBytes, TransferProgress progress)
            throws IOException {
        Map<String, String> digests = new TreeMap<>();
        byte[] buffer = new byte[1 << 16];
        long left = maxBytes;
        for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            if (entry.isDirectory()) {
                continue;
            }
            if (!isRegular(entry) || entry.getSize() > left) {
                throw new IntegrityException(
                        "the device has '%s' of %d bytes in the volume of a model, which nobody sent there"
                                .formatted(entry.getName(), entry.getSize()));
            }
            left -= entry.getSize();
            digests.put(withoutRoot(entry.getName()), digest(tar, buffer, progress));
        }
        return digests;
    }

    /** Unlike {@link TarArchiveEntry#isFile()}, false for links and devices. */
    static boolean isRegular(TarArchiveEntry entry) {
        byte flag = entry.getLinkFlag();
        return (flag == TarConstants.LF_NORMAL || flag == TarConstants.LF_OLDNORM) && !entry.isDirectory();
    }

    private static String digest(InputStream in, byte[] buffer, TransferProgress progress) throws IOException {
        MessageDigest digest = Sha256.newDigest();
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            progress.check();
            digest.update(buffer, 0, count);
        }
        return Sha256.ofDigest(digest.digest()).hex();
    }

    private static String withoutRoot(String name) {
        return name.substring(name.indexOf('/') + 1);
    }
}
