package dev.mlops.core.media;

import java.nio.charset.StandardCharsets;
import org.apache.tika.mime.MediaType;
import org.jspecify.annotations.Nullable;

/**
 * The first bytes of the common binary formats. Only such as no text and hardly any noise begins with, since they outweigh
 * a name.
 *
 * @param type the media type that they tell
 * @param family what files that begin so have in common: a name of this type or of one below it is believed
 */
record Magic(String type, MediaType family) {
    private static final Magic PNG = of("image/png");
    private static final Magic JPEG = of("image/jpeg");
    private static final Magic GIF = of("image/gif");
    private static final Magic BMP = of("image/bmp");
    private static final Magic TIFF = of("image/tiff");
    private static final Magic WEBP = of("image/webp");
    private static final Magic WAVE = of("audio/vnd.wave");
    private static final Magic AVI = of("video/x-msvideo");
    private static final Magic FLAC = of("audio/x-flac");
    private static final Magic MP3 = of("audio/mpeg");
    private static final Magic OGG = of("application/ogg");
    private static final Magic MATROSKA = of("video/x-matroska", "application/x-matroska");
    private static final Magic WEBM = of("video/webm", "application/x-matroska");
    private static final Magic MP4 = of("video/mp4", "application/quicktime");
    private static final Magic MP4_SOUND = of("audio/mp4", "application/quicktime");
    private static final Magic QUICKTIME = of("video/quicktime", "application/quicktime");
    private static final Magic HEIC = of("image/heic", "image/heif");
    private static final Magic HEIF = of("image/heif");
    private static final Magic AVIF = of("image/avif");
    private static final Magic ZIP = of("application/zip");
    private static final Magic GZIP = of("application/gzip");
    private static final Magic BZIP2 = of("application/x-bzip2");
    private static final Magic XZ = of("application/x-xz");
    private static final Magic ZSTD = of("application/zstd");
    private static final Magic SEVEN_ZIP = of("application/x-7z-compressed");
    private static final Magic TAR = of("application/x-tar");
    private static final Magic PARQUET = of("application/x-parquet");
    private static final Magic NPY = of("application/x-npy");
    private static final Magic ARROW = of("application/vnd.apache.arrow.file");
    private static final Magic HDF = of("application/x-hdf");
    private static final Magic PDF = of("application/pdf");

    private static final byte[] PNG_HEAD = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    private static final byte[] HDF_HEAD = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
    private static final byte[] XZ_HEAD = {(byte) 0xfd, '7', 'z', 'X', 'Z', 0};
    private static final byte[] SEVEN_ZIP_HEAD = {'7', 'z', (byte) 0xbc, (byte) 0xaf, 0x27, 0x1c};
    private static final byte[] NPY_HEAD = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final byte[] ARROW_HEAD = ascii("ARROW1\0\0");
    private static final byte[] BZIP2_BLOCK = {'1', 'A', 'Y', '&', 'S', 'Y'};
    private static final byte[] USTAR = ascii("ustar");
    private static final byte[] WEBM_NAME = ascii("webm");
    private static final int USTAR_OFFSET = 257;
    private static final int EBML_HEADER = 64;

    private static Magic of(String type) {
        return of(type, type);
    }

    private static Magic of(String type, String family) {
        return new Magic(type, MediaType.parse(family));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** What the bytes tell, or null. */
    static @Nullable Magic of(byte[] bytes, int offset, int length) {
        return length < 8 ? null : new Head(bytes, offset, length).magic();
    }

    /** True for a camera's raw format, most of which are TIFFs. */
    boolean isRawPhotoToo(String byName) {
        return equals(TIFF) && byName.startsWith("image/x-raw-");
    }

    private static final class Head {
        private final byte[] bytes;
        private final int offset;
        private final int length;

        Head(byte[] bytes, int offset, int length) {
            this.bytes = bytes;
            this.offset = offset;
            this.length = length;
        }

        @Nullable
        Magic magic() {
            Magic magic = switch (at(0)) {
                case 0x89 -> starts(PNG_HEAD) ? PNG : when(starts(HDF_HEAD), HDF);
                case 0xff -> when(at(1) == 0xd8 && at(2) == 0xff, JPEG);
                case 'G' -> when(int32(0) == 0x47494638 && at(5) == 'a', GIF);
                case 'B' -> at(1) == 'M' ? when(isBmp(), BMP) : when(isBzip2(), BZIP2);
                case 'I' ->
                    at(1) == 'D' ? when(isId3(), MP3) : when(int32(0) == 0x49492a00 || int32(0) == 0x49492b00, TIFF);
                case 'M' -> when(int32(0) == 0x4d4d002a || int32(0) == 0x4d4d002b, TIFF);
                case 'R' -> riff();
                case 'f' -> when(int32(0) == 0x664c6143 && (at(4) & 0x7f) == 0, FLAC);
                case 'O' -> when(int32(0) == 0x4f676753 && at(4) == 0, OGG);
                case 'P' -> zipOrParquet();
                case 'A' -> when(starts(ARROW_HEAD), ARROW);
                case '%' -> when(int32(0) == 0x25504446 && at(4) == '-', PDF);
                case '7' -> when(starts(SEVEN_ZIP_HEAD), SEVEN_ZIP);
                case 0x1a -> int32(0) == 0x1a45dfa3 ? matroska() : null;
                case 0x1f -> when(at(1) == 0x8b && at(2) == 8, GZIP);
                case 0x28 -> when(int32(0) == 0x28b52ffd, ZSTD);
                case 0x93 -> when(starts(NPY_HEAD), NPY);
                case 0xfd -> when(starts(XZ_HEAD), XZ);
                default -> null;
            };
            if (magic == null && int32(4) == 0x66747970) {
                return length >= 12 ? isoMedia(int32(8)) : null;
            }
            return magic == null && has(USTAR, USTAR_OFFSET) ? TAR : magic;
        }

        private static @Nullable Magic when(boolean isSo, Magic magic) {
            return isSo ? magic : null;
        }

        private int at(int index) {
            return bytes[offset + index] & 0xff;
        }

        private int int32(int index) {
            return at(index) << 24 | at(index + 1) << 16 | at(index + 2) << 8 | at(index + 3);
        }

        private boolean starts(byte[] with) {
            return has(with, 0);
        }

        private boolean has(byte[] part, int from) {
            if (from + part.length > length) {
                return false;
            }
            for (int i = 0; i < part.length; i++) {
                if (bytes[offset + from + i] != part[i]) {
                    return false;
                }
            }
            return true;
        }

        /** The size of the second header tells BMP from a text that begins with BM. */
        private boolean isBmp() {
            return length >= 18 && at(14) >= 12 && at(14) <= 124 && at(15) == 0 && at(16) == 0 && at(17) == 0;
        }

        private boolean isBzip2() {
            return at(1) == 'Z' && at(2) == 'h' && has(BZIP2_BLOCK, 4);
        }

        private boolean isId3() {
            return at(2) == '3' && at(3) < 0x10 && at(4) < 0x10;
        }

        private @Nullable Magic riff() {
            if (length < 12 || (int32(0) != 0x52494646 && int32(0) != 0x52463634)) {
                return null;
            }
            return switch (int32(8)) {
                case 0x57415645 -> WAVE;
                case 0x41564920 -> AVI;
                case 0x57454250 -> WEBP;
                default -> null;
            };
        }

        private @Nullable Magic zipOrParquet() {
            return switch (int32(0)) {
                case 0x504b0304, 0x504b0506, 0x504b0708 -> ZIP;
                case 0x50415231 -> when(at(4) < ' ', PARQUET);
                default -> null;
            };
        }

        private Magic matroska() {
            for (int i = 4; i < EBML_HEADER; i++) {
                if (has(WEBM_NAME, i)) {
                    return WEBM;
                }
            }
            return MATROSKA;
        }

        private static Magic isoMedia(int brand) {
            return switch (brand) {
                case 0x68656963, 0x68656978, 0x68657663 -> HEIC; // heic, heix, hevc
                case 0x6d696631, 0x6d736631 -> HEIF; // mif1, msf1
                case 0x61766966, 0x61766973 -> AVIF; // avif, avis
                case 0x71742020 -> QUICKTIME; // qt
                case 0x4d344120, 0x4d344220 -> MP4_SOUND; // M4A, M4B
                default -> MP4;
            };
        }
    }
}
