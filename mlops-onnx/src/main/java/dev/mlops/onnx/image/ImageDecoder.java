package dev.mlops.onnx.image;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Decodes image files by the readers of {@code javax.imageio}, with limits against files that are small and become huge:
 * the size is read from the header and checked before the rest is decoded. Transparency is dropped, as Pillow's {@code
 * convert("RGB")} does; the orientation of EXIF is not looked at; of an animation the first picture is taken; samples of
 * 16 bits keep the upper eight. Immutable and thread-safe.
 */
public final class ImageDecoder {
    /** How many pixels an image may have unless somebody says otherwise. */
    static final long MOST_PIXELS = 50_000_000;

    /** The defaults of {@link Builder}. */
    public static final ImageDecoder DEFAULT = builder().build();

    private final Color color;
    private final long maxPixels;
    private final int maxBytes;
    private final Set<String> formats;

    private ImageDecoder(Builder builder) {
        color = builder.color;
        maxPixels = builder.maxPixels;
        maxBytes = builder.maxBytes;
        formats = builder.formats;
    }

    /** What channels an image gets. */
    public enum Color {
        /** Red, green, blue in sRGB; three equal ones of a grey image. */
        RGB,
        /** One: the samples of a grey image as they are, the luma of others as by {@link Images#gray()}. */
        GRAY
    }

    /** A builder with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Decodes the bytes of an image file.
     *
     * @throws InvalidInputException if they are too many, no image of an allowed format, truncated or damaged, or of an
     *     image with too many pixels or, of a progressive JPEG, more than 100 scans
     */
    public Pixels decode(byte[] bytes) {
        if (bytes.length > maxBytes) {
            throw tooLarge("more than " + maxBytes + " bytes");
        }
        Pixels image = new ImageFile(bytes, maxPixels, formats).read();
        return color == Color.GRAY ? Channels.gray(image) : Channels.rgb(image);
    }

    /**
     * Decodes a file.
     *
     * @throws InvalidInputException also if there is none
     * @throws UnavailableException if it cannot be read
     */
    public Pixels decode(Path file) {
        try (InputStream stream = Files.newInputStream(file)) {
            return decode(stream);
        } catch (NoSuchFileException e) {
            throw new InvalidInputException("image file", file, "does not exist", e);
        } catch (IOException e) {
            throw new UnavailableException("image file '%s' cannot be read: %s".formatted(file, e.getMessage()), e);
        }
    }

    /**
     * Decodes what a stream holds from here on; the stream stays the caller's to close.
     *
     * @throws UnavailableException if it cannot be read
     */
    public Pixels decode(InputStream stream) {
        try {
            byte[] bytes = stream.readNBytes(maxBytes);
            if (bytes.length == maxBytes && stream.read() >= 0) {
                throw tooLarge("more than " + maxBytes + " bytes");
            }
            return decode(bytes);
        } catch (IOException e) {
            throw new UnavailableException("an image cannot be read: " + e.getMessage(), e);
        }
    }

    private InvalidInputException tooLarge(String what) {
        return new InvalidInputException("image", what, "is beyond maxBytes, " + maxBytes);
    }

    /** Builds a decoder; not thread-safe. */
    public static final class Builder {
        private Color color = Color.RGB;
        private long maxPixels = MOST_PIXELS;
        private int maxBytes = 64 << 20;
        private Set<String> formats = Set.of("png", "jpeg", "gif", "bmp");

        private Builder() {}

        /** What channels images get; {@link Color#RGB} by default. */
        public Builder color(Color color) {
            this.color = color;
            return this;
        }

        /** The most pixels that an image may have, which take up to twelve bytes each while decoded; 50 million by default. */
        public Builder maxPixels(long pixels) {
            if (pixels < 1) {
                throw new InvalidInputException("maxPixels", pixels, "must be positive");
            }
            maxPixels = pixels;
            return this;
        }

        /** The most bytes that a file may have; 64 MiB by default. */
        public Builder maxBytes(int bytes) {
            if (bytes < 1) {
                throw new InvalidInputException("maxBytes", bytes, "must be positive");
            }
            maxBytes = bytes;
            return this;
        }

        /**
         * Which formats are read, by the names of {@code javax.imageio}, those of readers that the host added included;
         * png, jpeg, gif and bmp by default.
         */
        public Builder formats(String... names) {
            formats = Arrays.stream(names)
                    .map(name -> name.toLowerCase(Locale.ROOT))
                    .collect(Collectors.toUnmodifiableSet());
            return this;
        }

        /** The decoder. */
        public ImageDecoder build() {
            return new ImageDecoder(this);
        }
    }
}
