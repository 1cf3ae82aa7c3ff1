package dev.mlops.api.name;

import dev.mlops.api.error.InvalidInputException;
import java.util.regex.Pattern;

/** The rules for names, in one place. */
public final class ResourceName {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final Pattern KEY = Pattern.compile("[/\\w.\\- :]{1,250}");
    private static final Pattern ALIAS = Pattern.compile("[\\w-]{1,255}");
    private static final Pattern RESERVED_ALIAS = Pattern.compile("latest|[vV]\\d+");

    private ResourceName() {}

    /**
     * Checks the name of a project, data set, model, application or device: 1 to 64 characters of {@code
     * [A-Za-z0-9_-]}.
     *
     * @param field what is named, for the message, such as {@code model name}
     * @return the name
     */
    public static String check(String field, String name) {
        return check(PLAIN, field, name, "must be 1 to 64 characters of A-Z a-z 0-9 _ -");
    }

    /** Checks the key of a parameter, metric or tag: 1 to 250 characters of {@code [/\w.\- :]}. */
    public static String checkKey(String field, String key) {
        return check(KEY, field, key, "must be 1 to 250 characters of letters, digits and / _ . - : or space");
    }

    /** Checks an alias: 1 to 255 characters of {@code [\w-]}, neither {@code latest} nor {@code v<digits>}. */
    public static String checkAlias(String field, String alias) {
        check(ALIAS, field, alias, "must be 1 to 255 characters of A-Z a-z 0-9 _ -");
        if (RESERVED_ALIAS.matcher(alias).matches()) {
            throw new InvalidInputException(field, alias, "is reserved; choose another than 'latest' and 'v<number>'");
        }
        return alias;
    }

    /** Checks free text: at most {@code max} characters (UTF-16 units) and no NUL. */
    public static String checkText(String field, String text, int max) {
        if (text.length() > max) {
            throw new InvalidInputException(field, text, "must be at most " + max + " characters");
        }
        if (text.indexOf('\0') >= 0) {
            throw new InvalidInputException(field, text, "must not contain NUL");
        }
        return text;
    }

    private static String check(Pattern form, String field, String value, String rule) {
        if (!form.matcher(value).matches()) {
            throw new InvalidInputException(field, value, rule);
        }
        return value;
    }
}
