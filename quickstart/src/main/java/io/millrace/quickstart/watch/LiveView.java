package io.millrace.quickstart.watch;

import io.millrace.runtime.loop.Loop;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Shows a run while it goes on: in a terminal a page that is redrawn in place four times a second, elsewhere a line every
 * ten seconds. Leaves the last page standing, and the cursor visible, however it ends.
 */
public final class LiveView implements Loop {
    private static final String ESCAPE = "\u001b[";
    private static final String HIDE_CURSOR = ESCAPE + "?25l";
    private static final String SHOW_CURSOR = ESCAPE + "?25h";
    private static final String CLEAR_LINE = ESCAPE + "K";
    private static final String CLEAR_BELOW = ESCAPE + "J";

    private final PrintWriter out;
    private final Style style;
    private final Screen screen;
    private final Supplier<RunSnapshot> run;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Throughput throughput = new Throughput();
    private final long began = System.nanoTime();
    private int drawn;

    /** How to draw. */
    public enum Style {
        /** In place, with the codes of an ANSI terminal. */
        TERMINAL(250),
        /** A line now and then. */
        LINES(10_000);

        private final long intervalMillis;

        Style(long intervalMillis) {
            this.intervalMillis = intervalMillis;
        }

        /** The launcher says in {@code MILLRACE_TERMINAL} whether the output is a terminal: a JVM cannot tell. */
        public static Style fitting() {
            return "true".equals(System.getenv("MILLRACE_TERMINAL")) ? TERMINAL : LINES;
        }
    }

    /**
     * What is shown.
     *
     * @param title left part of the first line
     * @param expectedFrames length of the stream; 0 when it has no known end
     * @param classes class names
     * @param footer last line
     */
    public record Subject(String title, long expectedFrames, List<String> classes, String footer) {
        public Subject {
            classes = List.copyOf(classes);
        }
    }

    public LiveView(PrintWriter out, Style style, Subject subject, Supplier<RunSnapshot> run) {
        this.out = out;
        this.style = style;
        this.screen = new Screen(subject);
        this.run = run;
    }

    @Override
    public void run() throws InterruptedException {
        if (style == Style.TERMINAL) {
            out.print(HIDE_CURSOR);
        }
        try {
            do {
                draw();
            } while (!stopping.await(style.intervalMillis, TimeUnit.MILLISECONDS));
            draw();
        } finally {
            if (style == Style.TERMINAL) {
                out.print(SHOW_CURSOR);
            }
            out.flush();
        }
    }

    @Override
    public void stop() {
        stopping.countDown();
    }

    @Override
    public void close() {
        out.flush();
    }

    private void draw() {
        RunSnapshot now = run.get();
        long nanos = System.nanoTime();
        double framesPerSecond = throughput.read(nanos, now.frames().predicted());
        Duration elapsed = Duration.ofNanos(nanos - began);
        if (style == Style.LINES) {
            out.println(screen.line(now, framesPerSecond, elapsed));
        } else {
            drawInPlace(screen.lines(now, framesPerSecond, elapsed));
        }
        out.flush();
    }

    private void drawInPlace(List<String> lines) {
        StringBuilder page = new StringBuilder();
        if (drawn > 0) {
            page.append(ESCAPE).append(drawn).append('A');
        }
        lines.forEach(line -> page.append(line).append(CLEAR_LINE).append('\n'));
        page.append(CLEAR_BELOW);
        out.print(page);
        drawn = lines.size();
    }
}
