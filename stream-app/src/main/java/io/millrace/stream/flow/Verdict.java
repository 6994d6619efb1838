package io.millrace.stream.flow;

import io.millrace.schemas.Reason;

/** What a check says of a record. */
public sealed interface Verdict {
    /** The record is what it says it is. */
    record Valid() implements Verdict {}

    /**
     * The record is a dead letter.
     *
     * @param reason stable reason code
     * @param detail what was expected and what was got
     */
    record Rejected(Reason reason, String detail) implements Verdict {}

    /** Nothing is wrong. */
    static Verdict valid() {
        return new Valid();
    }

    /** Something is. */
    static Verdict rejected(Reason reason, String detail) {
        return new Rejected(reason, detail);
    }
}
