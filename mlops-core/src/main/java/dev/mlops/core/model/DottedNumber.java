package dev.mlops.core.model;

import dev.mlops.api.error.InvalidInputException;
import java.util.regex.Pattern;

/**
 * A dotted version number; each part is 0 to 99.
 *
 * @param major the first part
 * @param minor the second
 * @param patch the third
 */
record DottedNumber(int major, int minor, int patch) {
    static final DottedNumber FIRST = new DottedNumber(0, 0, 1);

    private static final String PART = "(0|[1-9]\\d?)";
    private static final Pattern FORM = Pattern.compile(PART + "\\." + PART + "\\." + PART);
    private static final int BASE = 100;

    static DottedNumber parse(String text) {
        var matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new InvalidInputException(
                    "version", text, "must be D.D.D, each 0 to 99 without leading zeros, such as 1.0.0");
        }
        return new DottedNumber(
                Integer.parseInt(matcher.group(1)),
                Integer.parseInt(matcher.group(2)),
                Integer.parseInt(matcher.group(3)));
    }

    /** Counts the last part on; after 99 the part before it, so that there are a million numbers. */
    DottedNumber next() {
        int count = (major * BASE + minor) * BASE + patch + 1;
        if (count == BASE * BASE * BASE) {
            throw new InvalidInputException("version", this, "is the last one; say a number that is free");
        }
        return new DottedNumber(count / (BASE * BASE), count / BASE % BASE, count % BASE);
    }

    @Override
    public String toString() {
        return major + "." + minor + "." + patch;
    }
}
