package dev.mlops.core.media;

import dev.mlops.api.dataset.MediaFacts;
import java.util.List;

/** Looks for what there is to find in files of one kind. For one file and one thread. */
interface Probe {
    /** Finds nothing. */
    Probe NOTHING = new Probe() {
        @Override
        public void update(byte[] bytes, int offset, int length) {}

        @Override
        public Inspection finish(String mediaType) {
            return new Inspection(mediaType, MediaFacts.NONE, List.of(), 0);
        }
    };

    /** The next bytes. */
    void update(byte[] bytes, int offset, int length);

    /** What was found, after the last byte. */
    Inspection finish(String mediaType);

    /** The one for a media type. */
    static Probe of(String mediaType) {
        return switch (mediaType) {
            case "image/png" -> new PngProbe();
            case "image/jpeg" -> new JpegProbe();
            case "image/gif" -> new GifProbe();
            case "image/bmp" -> new BmpProbe();
            case "image/webp" -> new WebpProbe();
            case "image/tiff" -> new TiffProbe();
            case "image/heic", "image/heif", "image/avif" -> new HeifProbe();
            case "audio/vnd.wave" -> new WaveProbe();
            case "audio/x-flac" -> new FlacProbe();
            case "audio/mpeg" -> new Mp3Probe();
            case "audio/vorbis", "audio/opus", "audio/ogg", "application/ogg" -> new OggProbe();
            case "video/x-matroska", "audio/x-matroska", "video/webm" -> new MatroskaProbe();
            case "video/x-msvideo" -> new AviProbe();
            case "video/mp4", "video/x-m4v", "video/quicktime", "audio/mp4", "application/mp4", "video/3gpp" ->
                new Mp4Probe();
            case "text/csv", "text/tab-separated-values" -> new CsvProbe();
            case MediaTypes.JSON_LINES -> new JsonLinesProbe();
            default -> NOTHING;
        };
    }
}
