package io.millrace.schemas;

/** Why a record became a dead letter. The code is stable: it stands in headers, meters and dashboards. */
public enum Reason {
    /** The record has no key. */
    NULL_KEY,
    /** The record has no value: a tombstone means nothing on this topic. */
    TOMBSTONE,
    /** Not Confluent framing, or not Avro of the schema behind the id. */
    NOT_AVRO,
    /** The schema id is not known. */
    UNKNOWN_SCHEMA,
    /** An id or another text field is empty or too long. */
    BAD_FIELD,
    /** The key says another source or frame than the value. */
    KEY_MISMATCH,
    /** The encoding is not one of ours, or does not carry this kind of sample. */
    UNKNOWN_ENCODING,
    /** The shape is not the pipeline's, or does not fit the number of bytes. */
    WRONG_SHAPE,
    /** The bytes do not decode whole: truncated, damaged, of another format, or too large once decoded. */
    UNDECODABLE,
    /** A value is not a number, infinite, or out of range. */
    NON_FINITE,
    /** The bytes lie in the blob store, and are not there or are not what the hash says. */
    BLOB_MISSING,
    /** Captured too far in the future or the past. */
    BAD_TIME,
    /** The same frame came before, with the same bytes. */
    DUPLICATE_FRAME,
    /** Another frame came before under the same id. */
    CONFLICTING_FRAME,
    /** The same label came before. */
    DUPLICATE_LABEL,
    /** An ASSIGN for a frame that already carries another label: say CORRECT. */
    CONFLICTING_LABEL,
    /** The class is not one of the pipeline's. */
    UNKNOWN_CLASS,
    /** The label action is not one of ours, or lacks its class. */
    UNKNOWN_ACTION,
    /** A label waited for its frame, and the frame did not come. */
    UNKNOWN_FRAME,
    /** The label came after its frame had gone. */
    FRAME_EXPIRED,
    /** A retraction of a label that nobody gave. */
    NOTHING_TO_RETRACT
}
