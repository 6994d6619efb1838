package io.millrace.benchmarks.learning;

import io.millrace.quickstart.watch.Numbers;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;

/**
 * How far a benchmark is and how long it will take, on the error stream: one line that is written over on a terminal,
 * plain lines elsewhere. The time left takes the runs to come to be as long as those done, on average.
 */
final class Progress {
    private static final int WIDTH = 24;

    private final PrintWriter out;
    private final boolean terminal;
    private final int runs;
    private final InstantSource clock;
    private final long startMillis;
    private int done;
    private String run = "";

    /** @param runs to be made */
    Progress(PrintWriter out, boolean terminal, int runs, InstantSource clock) {
        this.out = out;
        this.terminal = terminal;
        this.runs = runs;
        this.clock = clock;
        this.startMillis = clock.millis();
    }

    /** A run begins. */
    void begin(String name) {
        run = name;
        show(0, "");
    }

    /** It has come so far. @param share of it, 0..1 */
    void advance(double share, double accuracy) {
        show(share, ", " + Numbers.percent(accuracy));
    }

    /** It ended. */
    void end(String outcome) {
        done++;
        out.println((terminal ? "\r\u001b[K" : "") + run + ": " + outcome);
        out.flush();
    }

    private void show(double share, String accuracy) {
        double all = runs == 0 ? 1 : (done + share) / runs;
        String line = String.format(
                Locale.ROOT,
                "[%s] run %d of %d, %s: %.0f %%%s%s",
                bar(all),
                Math.min(done + 1, runs),
                runs,
                run,
                100 * share,
                accuracy,
                left(all));
        if (terminal) {
            out.print("\r" + line + "\u001b[K");
        } else {
            out.println(line);
        }
        out.flush();
    }

    private String left(double share) {
        if (!(share > 0)) {
            return "";
        }
        double seconds = (clock.millis() - startMillis) / 1e3 * (1 - share) / share;
        Duration left = Duration.ofSeconds(Math.round(seconds));
        return String.format(
                Locale.ROOT, ", %d:%02d:%02d left", left.toHours(), left.toMinutesPart(), left.toSecondsPart());
    }

    private static String bar(double share) {
        int filled = (int) Math.round(share * WIDTH);
        return "#".repeat(filled) + "-".repeat(WIDTH - filled);
    }
}
