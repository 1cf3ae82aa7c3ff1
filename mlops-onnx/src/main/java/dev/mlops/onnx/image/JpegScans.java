package dev.mlops.onnx.image;

/** The markers of a JPEG file (ITU-T T.81, annex B), read no further than is needed to count its scans. */
final class JpegScans {
    private static final int MARKER = 0xff;
    private static final int START_OF_IMAGE = 0xd8;
    private static final int END_OF_IMAGE = 0xd9;
    private static final int START_OF_SCAN = 0xda;
    private static final int FIRST_RESTART = 0xd0;
    private static final int TEMPORARY = 0x01;

    private JpegScans() {}

    static boolean isJpeg(byte[] bytes) {
        return bytes.length > 2 && at(bytes, 0) == MARKER && at(bytes, 1) == START_OF_IMAGE;
    }

    /** How many scans there are up to the end of the image. */
    static int count(byte[] jpeg) {
        int scans = 0;
        int place = 0;
        while (place + 3 < jpeg.length) {
            int code = at(jpeg, place + 1);
            if (at(jpeg, place) != MARKER || code == MARKER) {
                place++;
            } else if (code == END_OF_IMAGE) {
                return scans;
            } else if (isAlone(code)) {
                place += 2;
            } else {
                scans += code == START_OF_SCAN ? 1 : 0;
                place += 2 + (at(jpeg, place + 2) << 8 | at(jpeg, place + 3));
            }
        }
        return scans;
    }

    /** True of a sample that looks like a marker, which a 0 follows, and of markers without a segment. */
    private static boolean isAlone(int code) {
        return code == 0 || code == TEMPORARY || (code >= FIRST_RESTART && code <= START_OF_IMAGE);
    }

    private static int at(byte[] bytes, int place) {
        return Byte.toUnsignedInt(bytes[place]);
    }
}
