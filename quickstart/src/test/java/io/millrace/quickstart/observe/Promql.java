package io.millrace.quickstart.observe;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * As much of PromQL as it takes to ask whether an expression speaks of series that exist: what it compares, and what it
 * selects. An alert that is quiet gives no data, whether its fault is absent or its meter misspelled; both sides of its
 * comparison and each of its selectors must give some.
 */
final class Promql {
    private static final Pattern TOKEN = Pattern.compile(
            "\"(?:[^\"\\\\]|\\\\.)*\"" // string
                    + "|[a-zA-Z_:][a-zA-Z0-9_:]*" // name or keyword
                    + "|[0-9][0-9a-zA-Z.]*|==|!=|=~|!~|>=|<=|\\S");
    private static final Set<String> SPLITTING =
            Set.of("and", "or", "unless", "bool", "==", "!=", ">", "<", ">=", "<=");
    private static final Set<String> LABELS_FOLLOW =
            Set.of("by", "without", "on", "ignoring", "group_left", "group_right");
    private static final Pattern MATCHING = Pattern.compile("^(?:on|ignoring) *\\([^)]*\\)");
    private static final Pattern OFFSET = Pattern.compile(" offset -?[0-9a-z]+");
    private static final Pattern ABSENT = Pattern.compile("^absent\\((.*)\\)$", Pattern.DOTALL);
    private static final Set<String> WORDS = Set.of("and", "or", "unless", "bool", "offset", "inf", "nan");

    private Promql() {}

    private record Token(String text, int start, int end) {}

    /**
     * Both sides of every comparison and of every and, or, unless outside of parentheses, of now instead of long ago. Of an
     * absent, which is empty in good health, what it says is absent.
     */
    static List<String> operands(String expression) {
        List<String> operands = new ArrayList<>();
        int depth = 0;
        int from = 0;
        for (Token token : tokens(expression)) {
            depth += "([{".contains(token.text()) ? 1 : 0;
            depth -= ")]}".contains(token.text()) ? 1 : 0;
            if (depth == 0 && SPLITTING.contains(token.text())) {
                operands.add(expression.substring(from, token.start()).strip());
                from = token.end();
            }
        }
        operands.add(expression.substring(from).strip());
        return operands.stream()
                .map(operand -> MATCHING.matcher(operand).replaceFirst(""))
                .map(operand -> OFFSET.matcher(operand).replaceAll("").strip())
                .filter(operand -> !operand.isEmpty())
                .flatMap(operand -> present(operand).stream())
                .toList();
    }

    private static List<String> present(String operand) {
        Matcher absent = ABSENT.matcher(operand);
        return absent.matches() ? operands(absent.group(1)) : List.of(operand);
    }

    /** Every metric name with its label matchers, wherever it stands. */
    static Set<String> selectors(String expression) {
        Set<String> selectors = new LinkedHashSet<>();
        List<Token> tokens = tokens(expression);
        for (int i = 0; i < tokens.size(); i++) {
            String text = tokens.get(i).text();
            if (text.equals("[") || text.equals("{")) {
                i = closing(tokens, i);
            } else if (LABELS_FOLLOW.contains(text)) {
                i = next(tokens, i).equals("(") ? closing(tokens, i + 1) : i;
            } else if (text.matches("[a-zA-Z_:].*")
                    && !WORDS.contains(text)
                    && !next(tokens, i).equals("(")
                    && !isAggregation(tokens, i)) {
                int end = next(tokens, i).equals("{") ? closing(tokens, i + 1) : i;
                selectors.add(expression.substring(
                        tokens.get(i).start(), tokens.get(end).end()));
                i = end;
            }
        }
        return selectors;
    }

    /** An aggregation may have its labels between its name and its parenthesis. */
    private static boolean isAggregation(List<Token> tokens, int i) {
        return Set.of("by", "without").contains(next(tokens, i));
    }

    private static String next(List<Token> tokens, int i) {
        return i + 1 < tokens.size() ? tokens.get(i + 1).text() : "";
    }

    private static int closing(List<Token> tokens, int open) {
        int depth = 0;
        for (int i = open; i < tokens.size(); i++) {
            depth += "([{".contains(tokens.get(i).text()) ? 1 : 0;
            depth -= ")]}".contains(tokens.get(i).text()) ? 1 : 0;
            if (depth == 0) {
                return i;
            }
        }
        throw new IllegalArgumentException("expected a closing bracket behind token " + open + " of " + tokens);
    }

    private static List<Token> tokens(String expression) {
        List<Token> tokens = new ArrayList<>();
        Matcher matcher = TOKEN.matcher(expression);
        while (matcher.find()) {
            tokens.add(new Token(matcher.group(), matcher.start(), matcher.end()));
        }
        return tokens;
    }
}
