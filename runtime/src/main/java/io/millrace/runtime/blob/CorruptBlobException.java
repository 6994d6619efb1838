package io.millrace.runtime.blob;

import java.io.IOException;

/** A blob store holds other bytes than the hash says. Trying again does not help. */
public final class CorruptBlobException extends IOException {
    private static final long serialVersionUID = 1L;

    /** @param message the hash asked for and the hash found */
    public CorruptBlobException(String message) {
        super(message);
    }
}
