package dev.mlops.api.run;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * That a run used a data set version.
 *
 * @param datasetVersionId the version's id
 * @param reference the version's reference in text, such as {@code digits/digits-png:V001}
 * @param role what for
 * @param split the split of the version that was used, or null for all of it
 */
public record DatasetUse(
        String datasetVersionId,
        String reference,
        Role role,
        @Nullable String split) {
    /** What a run uses data for. */
    public enum Role {
        /** To learn from. */
        TRAIN,
        /** To tune with. */
        VALIDATION,
        /** To score on. */
        TEST;

        /** The role whose name a split has ({@code train}, {@code validation} or {@code val}, {@code test}); else TRAIN. */
        public static Role ofSplit(String split) {
            return switch (split.toLowerCase(Locale.ROOT)) {
                case "test" -> TEST;
                case "validation", "val" -> VALIDATION;
                default -> TRAIN;
            };
        }
    }

    /** Such as {@code digits/digits-png:V001, split train (TRAIN)}. */
    @Override
    public String toString() {
        return reference + (split == null ? "" : ", split " + split) + " (" + role + ")";
    }
}
