package io.millrace.schemas;

/** What came of decoding the bytes of a frame. */
public sealed interface Decoding {
    /**
     * The sample.
     *
     * @param values row-major in the order of the shape ({@code [channels, height, width]} or {@code [channels, time]});
     *     0..1 for images, as sent for sensor windows, always finite; the receiver owns the array
     */
    @SuppressWarnings("ArrayRecordComponent") // one owner, never compared
    record Decoded(float[] values) implements Decoding {}

    /**
     * The bytes are no sample of this pipeline.
     *
     * @param reason stable reason code
     * @param detail what was expected and what was got
     */
    record Refused(Reason reason, String detail) implements Decoding {}
}
