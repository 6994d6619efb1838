package io.millrace.quickstart.doctor;

/** What one look found. Names of checks are stable, so that programs can go by them. */
public sealed interface Finding {
    /** Name of the check, such as {@code topics.partitions}. */
    String check();

    /** What was found, in one sentence. */
    String found();

    /** In order. */
    record Ok(String check, String found) implements Finding {}

    /** Not looked at, and why. */
    record Skip(String check, String found) implements Finding {}

    /**
     * It runs, and will hurt one day.
     *
     * @param remedy one command or setting
     */
    record Warn(String check, String found, String remedy) implements Finding {}

    /**
     * It does not run like this.
     *
     * @param remedy one command or setting
     */
    record Fail(String check, String found, String remedy) implements Finding {}
}
