package dev.mlops.api.error;

import org.jspecify.annotations.Nullable;

/** An argument, a file or a document breaks a rule; names the field and the value. */
public final class InvalidInputException extends MlopsException {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN = 120;

    private final String field;

    /**
     * Creates the exception.
     *
     * @param field the bad field, such as {@code model name} or {@code inputs[0].shape}
     * @param value the bad value; shown shortened to 120 characters
     * @param rule the rule that it breaks, such as {@code must be 1 to 64 characters of [A-Za-z0-9_-]}
     */
    public InvalidInputException(String field, @Nullable Object value, String rule) {
        this(field, value, rule, null);
    }

    /** Creates the exception with the cause that revealed the bad value; {@code cause} may be null. */
    public InvalidInputException(String field, @Nullable Object value, String rule, @Nullable Throwable cause) {
        super("%s %s: %s".formatted(field, shown(value), rule), cause);
        this.field = field;
    }

    /** The field that is wrong. */
    public String field() {
        return field;
    }

    private static String shown(@Nullable Object value) {
        if (value == null) {
            return "is null";
        }
        String text = value.toString();
        if (text.length() > SHOWN) {
            text = text.substring(0, SHOWN) + "… (" + text.length() + " characters)";
        }
        return "'" + text.replaceAll("\\p{Cntrl}", "?") + "'";
    }
}
