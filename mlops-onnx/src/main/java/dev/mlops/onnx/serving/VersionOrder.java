package dev.mlops.onnx.serving;

import java.math.BigInteger;
import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Orders versions as people read them: runs of digits by their value, all else by character, so that 10 is above 9. */
final class VersionOrder implements Comparator<String> {
    static final VersionOrder INSTANCE = new VersionOrder();

    private static final Pattern PART = Pattern.compile("[0-9]+|[^0-9]+");

    private VersionOrder() {}

    @Override
    public int compare(String one, String other) {
        Matcher left = PART.matcher(one);
        Matcher right = PART.matcher(other);
        while (true) {
            boolean isLeft = left.find();
            boolean isRight = right.find();
            if (!isLeft || !isRight) {
                return isLeft == isRight ? one.compareTo(other) : Boolean.compare(isLeft, isRight);
            }
            int order = compareParts(left.group(), right.group());
            if (order != 0) {
                return order;
            }
        }
    }

    private static int compareParts(String left, String right) {
        boolean areNumbers = isNumber(left) && isNumber(right);
        return areNumbers ? new BigInteger(left).compareTo(new BigInteger(right)) : left.compareTo(right);
    }

    private static boolean isNumber(String part) {
        return part.charAt(0) >= '0' && part.charAt(0) <= '9';
    }
}
