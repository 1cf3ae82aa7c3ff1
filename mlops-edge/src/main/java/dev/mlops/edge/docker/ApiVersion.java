package dev.mlops.edge.docker;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mlops.api.error.UnavailableException;
import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A version of Docker Engine's API, such as 1.41. */
record ApiVersion(int major, int minor) implements Comparable<ApiVersion> {
    /** The oldest that this engine knows: Docker 20.10. */
    static final ApiVersion OLDEST = new ApiVersion(1, 41);

    /** The newest that this engine knows: Docker 29. Newer engines still speak it. */
    static final ApiVersion NEWEST = new ApiVersion(1, 52);

    private static final Pattern FORM = Pattern.compile("(\\d{1,4})\\.(\\d{1,4})");
    private static final Comparator<ApiVersion> ORDER =
            Comparator.comparingInt(ApiVersion::major).thenComparingInt(ApiVersion::minor);

    static ApiVersion parse(String text, String engine) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new UnavailableException(
                    "%s names '%s' as its API version; is Docker Engine there?".formatted(engine, shortened(text)));
        }
        return new ApiVersion(Integer.parseInt(form.group(1)), Integer.parseInt(form.group(2)));
    }

    /** The newest version that both sides know, from the answer to {@code GET /version}. */
    static ApiVersion agreed(JsonNode version, String engine) {
        ApiVersion theirNewest = parse(version.path("ApiVersion").asText(), engine);
        // Engines from before 1.24 did not name their oldest.
        ApiVersion theirOldest = parse(version.path("MinAPIVersion").asText(theirNewest.toString()), engine);
        ApiVersion newest = ORDER.compare(theirNewest, NEWEST) < 0 ? theirNewest : NEWEST;
        if (newest.compareTo(OLDEST) < 0 || newest.compareTo(theirOldest) < 0) {
            throw new UnavailableException("%s speaks API versions %s to %s, this library %s to %s: %s"
                    .formatted(
                            engine,
                            theirOldest,
                            theirNewest,
                            OLDEST,
                            NEWEST,
                            newest.compareTo(OLDEST) < 0
                                    ? "update Docker Engine to 20.10 or later"
                                    : "update this library"));
        }
        return newest;
    }

    private static String shortened(String text) {
        return text.length() > 40 ? text.substring(0, 40) + "…" : text;
    }

    @Override
    public int compareTo(ApiVersion other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
