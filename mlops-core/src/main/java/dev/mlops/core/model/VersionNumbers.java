package dev.mlops.core.model;

import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.model.Model;
import dev.mlops.api.model.VersionNumbering;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds the number of one new version. Confined to one import, whose transaction may run several times. */
final class VersionNumbers {
    private final @Nullable String wanted;
    private final Set<String> taken = new HashSet<>();

    VersionNumbers(Optional<String> wanted) {
        this.wanted =
                wanted.map(number -> DottedNumber.parse(number).toString()).orElse(null);
    }

    /** How a model is numbered that is made for this version: dotted if a dotted number is wanted. */
    VersionNumbering ofNewModel() {
        return wanted == null ? VersionNumbering.COUNTED : VersionNumbering.DOTTED;
    }

    /** Checks, before long work, that the model takes the wanted number. */
    void check(MetadataTransaction tx, Model model) {
        String number = wanted;
        if (number == null) {
            return;
        }
        if (model.numbering() == VersionNumbering.COUNTED) {
            throw new InvalidInputException(
                    "version", number, "cannot be chosen: the versions of model '" + model.name() + "' are counted");
        }
        if (tx.models().findVersion(model.id(), number).isPresent()) {
            throw used(model, number, null);
        }
    }

    /** The number for the version with an ordinal that was allocated in this transaction. */
    String choose(MetadataTransaction tx, Model model, long ordinal) {
        check(tx, model);
        if (wanted != null) {
            return wanted;
        }
        return model.numbering() == VersionNumbering.COUNTED
                ? Long.toString(ordinal)
                : nextDotted(tx, model).toString();
    }

    private DottedNumber nextDotted(MetadataTransaction tx, Model model) {
        DottedNumber next = tx.models()
                .newestNumber(model.id())
                .map(newest -> DottedNumber.parse(newest).next())
                .orElse(DottedNumber.FIRST);
        while (taken.contains(next.toString())
                || tx.models().findVersion(model.id(), next.toString()).isPresent()) {
            next = next.next();
        }
        return next;
    }

    /** Takes note that a deleted version had a number: the next attempt skips it, a wanted one is refused. */
    void refused(Model model, String number, AlreadyExistsException cause) {
        if (number.equals(wanted)) {
            throw used(model, number, cause);
        }
        taken.add(number);
    }

    private static InvalidInputException used(Model model, String number, @Nullable Throwable cause) {
        return new InvalidInputException(
                "version", number, "was used by model '" + model.name() + "'; numbers are never used again", cause);
    }
}
