package dev.mlops.api.run;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.name.ResourceName;
import dev.mlops.api.run.RunFilter.Membership;
import dev.mlops.api.run.RunFilter.Operator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the grammar of {@link RunFilter#parse} by recursive descent. */
final class RunFilterParser {
    private static final int MAX_LENGTH = 10_000;
    private static final int MAX_DEPTH = 50;
    private static final Pattern TOKEN = Pattern.compile("\\s*(?:"
            + "(?<number>[+-]?(?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:[eE][+-]?\\d+)?(?![\\w.]))"
            + "|(?<word>\\w[\\w.\\-/]*)"
            + "|(?<single>'(?:[^']|'')*')"
            + "|(?<quoted>\"[^\"]*\"|`[^`]*`)"
            + "|(?<symbol><=|>=|!=|<>|==|[=<>(),.]))");
    private static final Map<String, RunField.Kind> KINDS = Map.ofEntries(
            Map.entry("metric", RunField.Kind.METRIC),
            Map.entry("metrics", RunField.Kind.METRIC),
            Map.entry("param", RunField.Kind.PARAM),
            Map.entry("params", RunField.Kind.PARAM),
            Map.entry("parameter", RunField.Kind.PARAM),
            Map.entry("parameters", RunField.Kind.PARAM),
            Map.entry("tag", RunField.Kind.TAG),
            Map.entry("tags", RunField.Kind.TAG),
            Map.entry("attribute", RunField.Kind.ATTRIBUTE),
            Map.entry("attributes", RunField.Kind.ATTRIBUTE),
            Map.entry("attr", RunField.Kind.ATTRIBUTE),
            Map.entry("run", RunField.Kind.ATTRIBUTE));
    private static final Set<String> ATTRIBUTES =
            Set.of("run_id", "run_name", "status", "start_time", "end_time", "user_id", "experiment");
    private static final Map<String, Operator> OPERATORS = Map.ofEntries(
            Map.entry("=", Operator.EQ),
            Map.entry("==", Operator.EQ),
            Map.entry("!=", Operator.NE),
            Map.entry("<>", Operator.NE),
            Map.entry("<", Operator.LT),
            Map.entry("<=", Operator.LE),
            Map.entry(">", Operator.GT),
            Map.entry(">=", Operator.GE),
            Map.entry("LIKE", Operator.LIKE),
            Map.entry("ILIKE", Operator.ILIKE));

    private final String text;
    private final List<Token> tokens;
    private int next;
    private int depth;

    RunFilterParser(String text) {
        this.text = text;
        this.tokens = tokens(text);
    }

    RunFilter filter() {
        RunFilter filter = or();
        expectEnd();
        return filter;
    }

    RunOrder order() {
        RunField field = field();
        RunOrder.Direction direction = RunOrder.Direction.ASC;
        if (acceptWord("DESC")) {
            direction = RunOrder.Direction.DESC;
        } else {
            acceptWord("ASC");
        }
        expectEnd();
        return new RunOrder(field, direction);
    }

    private RunFilter or() {
        List<RunFilter> terms = new ArrayList<>(List.of(and()));
        while (acceptWord("OR")) {
            terms.add(and());
        }
        return terms.size() == 1 ? terms.get(0) : new RunFilter.Or(terms);
    }

    private RunFilter and() {
        List<RunFilter> terms = new ArrayList<>(List.of(term()));
        while (acceptWord("AND")) {
            terms.add(term());
        }
        return terms.size() == 1 ? terms.get(0) : new RunFilter.And(terms);
    }

    private RunFilter term() {
        if (!acceptSymbol("(")) {
            return condition(field());
        }
        if (++depth > MAX_DEPTH) {
            throw error("has more than " + MAX_DEPTH + " nested parentheses");
        }
        RunFilter inner = or();
        expectSymbol(")");
        depth--;
        return inner;
    }

    private RunFilter condition(RunField field) {
        if (acceptWord("IS")) {
            Membership membership = acceptWord("NOT") ? Membership.IN : Membership.NOT_IN;
            if (!acceptWord("NULL")) {
                throw error("wants NULL");
            }
            return new RunFilter.Presence(field, membership);
        }
        if (acceptWord("IN")) {
            return in(field, Membership.IN);
        }
        if (acceptWord("NOT")) {
            if (!acceptWord("IN")) {
                throw error("wants IN after NOT");
            }
            return in(field, Membership.NOT_IN);
        }
        return comparison(field);
    }

    private RunFilter in(RunField field, Membership membership) {
        if (field.isNumeric()) {
            throw error("compares the number " + field + " with IN, which is for text");
        }
        expectSymbol("(");
        List<String> values = new ArrayList<>();
        do {
            values.add(take("a quoted text", Token.Kind.TEXT).value());
        } while (acceptSymbol(","));
        expectSymbol(")");
        return new RunFilter.In(field, values, membership);
    }

    private RunFilter comparison(RunField field) {
        Token token = peek("an operator such as = or LIKE");
        Operator operator = OPERATORS.get(token.value().toUpperCase(Locale.ROOT));
        if (operator == null || token.kind() == Token.Kind.TEXT) {
            throw error("wants an operator such as = or LIKE");
        }
        next++;
        boolean textOperator = operator == Operator.LIKE || operator == Operator.ILIKE;
        if (field.isNumeric()) {
            if (textOperator) {
                throw error("compares the number " + field + " with " + operator + ", which is for text");
            }
            String number = take("a number", Token.Kind.NUMBER).value();
            return new RunFilter.NumberComparison(field, operator, Double.parseDouble(number));
        }
        if (!textOperator && operator != Operator.EQ && operator != Operator.NE) {
            throw error("compares the text " + field + " with " + operator + "; use =, !=, LIKE, ILIKE or IN");
        }
        return new RunFilter.TextComparison(
                field, operator, take("a quoted text", Token.Kind.TEXT).value());
    }

    private RunField field() {
        Token token = peek("a field such as metrics.accuracy");
        if (token.kind() != Token.Kind.WORD) {
            throw error("wants a field such as metrics.accuracy");
        }
        next++;
        String word = token.value();
        int dot = word.indexOf('.');
        String head = dot < 0 ? word : word.substring(0, dot);
        RunField.Kind kind = KINDS.get(head.toLowerCase(Locale.ROOT));
        if (kind != null && dot >= 0 && dot + 1 < word.length()) {
            return checked(kind, word.substring(dot + 1));
        }
        if (kind != null && (dot >= 0 || acceptSymbol("."))) {
            return checked(kind, take("a quoted key", Token.Kind.TEXT).value());
        }
        return checked(RunField.Kind.ATTRIBUTE, word);
    }

    private RunField checked(RunField.Kind kind, String key) {
        if (kind == RunField.Kind.ATTRIBUTE && !ATTRIBUTES.contains(key)) {
            throw error("names the attribute '%s'; there are %s, and metrics.…, params.…, tags.…"
                    .formatted(
                            key, String.join(", ", ATTRIBUTES.stream().sorted().toList())));
        }
        if (kind != RunField.Kind.ATTRIBUTE) {
            ResourceName.checkKey(kind.name().toLowerCase(Locale.ROOT) + " key", key);
        }
        return new RunField(kind, key);
    }

    private Token take(String wanted, Token.Kind kind) {
        Token token = peek(wanted);
        if (token.kind() != kind) {
            throw error("wants " + wanted);
        }
        next++;
        return token;
    }

    private Token peek(String wanted) {
        if (next >= tokens.size()) {
            throw error("wants " + wanted);
        }
        return tokens.get(next);
    }

    private boolean acceptWord(String word) {
        return accept(Token.Kind.WORD, word);
    }

    private boolean acceptSymbol(String symbol) {
        return accept(Token.Kind.SYMBOL, symbol);
    }

    private boolean accept(Token.Kind kind, String value) {
        if (next < tokens.size()
                && tokens.get(next).kind() == kind
                && tokens.get(next).value().equalsIgnoreCase(value)) {
            next++;
            return true;
        }
        return false;
    }

    private void expectSymbol(String symbol) {
        if (!acceptSymbol(symbol)) {
            throw error("wants '" + symbol + "'");
        }
    }

    private void expectEnd() {
        if (next < tokens.size()) {
            throw error("has more than was expected");
        }
    }

    private InvalidInputException error(String what) {
        int at = next < tokens.size() ? tokens.get(next).position() : text.length();
        return new InvalidInputException("filter", text, what + " at position " + at);
    }

    private static List<Token> tokens(String text) {
        if (text.length() > MAX_LENGTH) {
            throw new InvalidInputException("filter", text, "must be at most " + MAX_LENGTH + " characters");
        }
        List<Token> tokens = new ArrayList<>();
        Matcher matcher = TOKEN.matcher(text);
        int position = 0;
        int end = text.stripTrailing().length();
        while (position < end) {
            matcher.region(position, end);
            if (!matcher.lookingAt()) {
                throw new InvalidInputException("filter", text, "cannot be read at position " + position);
            }
            tokens.add(token(matcher));
            position = matcher.end();
        }
        return tokens;
    }

    private static Token token(Matcher matcher) {
        for (String group : List.of("number", "word", "symbol")) {
            if (matcher.group(group) != null) {
                return new Token(
                        Token.Kind.valueOf(group.toUpperCase(Locale.ROOT)), matcher.group(group), matcher.start(group));
            }
        }
        String single = matcher.group("single");
        if (single != null) {
            String value = single.substring(1, single.length() - 1).replace("''", "'");
            return new Token(Token.Kind.TEXT, value, matcher.start("single"));
        }
        String quoted = matcher.group("quoted");
        return new Token(Token.Kind.TEXT, quoted.substring(1, quoted.length() - 1), matcher.start("quoted"));
    }

    private record Token(Kind kind, String value, int position) {
        private enum Kind {
            NUMBER,
            WORD,
            TEXT,
            SYMBOL
        }
    }
}
