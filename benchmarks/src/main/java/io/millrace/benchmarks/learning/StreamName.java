package io.millrace.benchmarks.learning;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The streams of FMNIST-Stream, as {@code --streams} names them. */
public enum StreamName {
    /** Independent and identically distributed. */
    S0("S0"),
    /** Turned by 0, 36, 72, 108, 144 degrees, from one frame to the next. */
    S1A("S1a"),
    /** The same, with neighbours mixed around each change. */
    S1G("S1g"),
    /** Camera faults that come and go: clean, blur, clean, noise, clean. */
    S2("S2"),
    /** Two classes after the other. */
    S3("S3"),
    /** Most frequent class 100 times as frequent as the rarest; reversed at half. */
    S4("S4"),
    /** Three frames in ten are of no class. */
    S5("S5"),
    /** Twenty cameras, none of which lies: to compare the next three with. */
    S6_0("S6-0"),
    /** One of twenty cameras puts a trigger into 0.1 % of all frames. */
    S6_01("S6-0.1"),
    /** The same in 0.2 %. */
    S6_02("S6-0.2"),
    /** The same in 1 %. */
    S6_1("S6-1");

    private final String text;

    StreamName(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }

    /** The streams whose name begins so: {@code S1} means both of them. @throws IllegalArgumentException for none */
    static List<StreamName> of(String prefix) {
        List<StreamName> all = List.of(values());
        List<StreamName> exact =
                all.stream().filter(name -> name.text.equalsIgnoreCase(prefix)).toList();
        List<StreamName> found = !exact.isEmpty()
                ? exact
                : all.stream().filter(name -> name.begins(prefix)).toList();
        if (found.isEmpty() || prefix.isEmpty()) {
            throw new IllegalArgumentException("expected one of "
                    + String.join(
                            ", ", Stream.of(values()).map(StreamName::text).toList()) + ", got " + prefix);
        }
        return found;
    }

    private boolean begins(String prefix) {
        return text.toUpperCase(Locale.ROOT).startsWith(prefix.toUpperCase(Locale.ROOT));
    }
}
