package io.millrace.benchmarks.learning;

/** Lines of results for tests. */
final class Rows {
    private Rows() {}

    /** A run with the figures that matter; the anytime accuracy is 0.1 below the final one. */
    static RunRow row(String stream, String arm, long seed, double end) {
        double none = Double.NaN;
        return new RunRow(
                "2026-11-22T10:00:00Z",
                "abc",
                "a machine, with a comma",
                "./millrace bench learning --arms \"a\",b",
                stream,
                arm,
                seed,
                100,
                "0123456789ab",
                "protocol",
                1,
                25,
                0,
                12,
                end - 0.1,
                end,
                none,
                none,
                none,
                none,
                none,
                none,
                none,
                0.25,
                0.01,
                none,
                none,
                none,
                none,
                none,
                2.0,
                none,
                none,
                12.5,
                "0.2500 0.7500",
                "50:0.4000 100:0.5000",
                "");
    }
}
