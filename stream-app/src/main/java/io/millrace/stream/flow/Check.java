package io.millrace.stream.flow;

/** Judges one typed record; pure. */
@FunctionalInterface
public interface Check<V> {
    /**
     * Judges a record.
     *
     * @param key key of the record
     * @param value value of the record
     * @param nowMs wall-clock, milliseconds since 1970-01-01 UTC
     */
    Verdict check(String key, V value, long nowMs);
}
