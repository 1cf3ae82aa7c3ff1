package dev.mlops.core.context;

import java.security.SecureRandom;
import java.time.Clock;

/**
 * Makes ids of 26 characters that sort by time (the ULID format): 48 bits of milliseconds, 80 random bits, in Crockford's
 * base 32. Thread-safe.
 */
final class Ids {
    private static final char[] DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ".toCharArray();
    private static final int RANDOM_DIGITS = 16;
    private static final int TIME_DIGITS = 10;

    private final SecureRandom random = new SecureRandom();
    private final Clock clock;

    Ids(Clock clock) {
        this.clock = clock;
    }

    String next() {
        char[] id = new char[TIME_DIGITS + RANDOM_DIGITS];
        long millis = clock.millis();
        for (int i = TIME_DIGITS - 1; i >= 0; i--) {
            id[i] = DIGITS[(int) (millis & 31)];
            millis >>>= 5;
        }
        byte[] bits = new byte[RANDOM_DIGITS];
        random.nextBytes(bits);
        for (int i = 0; i < RANDOM_DIGITS; i++) {
            id[TIME_DIGITS + i] = DIGITS[bits[i] & 31];
        }
        return new String(id);
    }
}
