package io.millrace.stream.validate;

import java.util.Optional;

/** Where the bytes of large frames come from. */
@FunctionalInterface
public interface BlobReader {
    /**
     * The bytes whose SHA-256 this is.
     *
     * @param sha256 64 lower-case hex digits
     * @return verified bytes, or empty when the store has none or has others
     */
    Optional<byte[]> read(String sha256);
}
