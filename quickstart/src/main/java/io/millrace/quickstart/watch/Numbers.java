package io.millrace.quickstart.watch;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Numbers as people read them, whatever the locale; what is not known yet is a dash. */
public final class Numbers {
    private static final String UNKNOWN = "-";

    private Numbers() {}

    /** {@code 12,345}. */
    public static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /** {@code 73.4 %} from a share in 0..1. */
    public static String percent(@Nullable Double share) {
        return share == null ? UNKNOWN : String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    /** {@code 12.3}. */
    public static String decimal(@Nullable Double value) {
        return value == null ? UNKNOWN : String.format(Locale.ROOT, "%,.1f", value);
    }

    /** {@code 0.123}. */
    public static String fine(@Nullable Double value) {
        return value == null ? UNKNOWN : String.format(Locale.ROOT, "%.3f", value);
    }

    /** {@code 120 ms}, or {@code 3.4 s}. */
    public static String millis(@Nullable Double millis) {
        if (millis == null) {
            return UNKNOWN;
        }
        return millis < 1_000
                ? String.format(Locale.ROOT, "%.0f ms", millis)
                : String.format(Locale.ROOT, "%.1f s", millis / 1_000);
    }
}
