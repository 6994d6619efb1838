package io.millrace.stream.flow;

import io.millrace.schemas.Reason;

/** What a stage hands on: the record that passed, or its refusal. Exactly one of them for every record it was given. */
public sealed interface Flow<V> {
    /** The record as it came from Kafka. */
    Origin origin();

    /**
     * The record passed.
     *
     * @param origin the record as it came
     * @param value what the stage made of it
     */
    record Passed<V>(Origin origin, V value) implements Flow<V> {
        /** The same record refused by the next stage. */
        public <W> Flow<W> refused(Reason reason, String detail) {
            return new Refused<>(origin, reason, detail);
        }
    }

    /**
     * The record is a dead letter.
     *
     * @param origin the record as it came
     * @param reason stable reason code
     * @param detail what was expected and what was got
     */
    record Refused<V>(Origin origin, Reason reason, String detail) implements Flow<V> {}
}
