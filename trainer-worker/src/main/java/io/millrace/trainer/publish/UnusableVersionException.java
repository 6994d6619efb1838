package io.millrace.trainer.publish;

import java.io.IOException;

/** A model version that must not be loaded, now or later. A store that cannot be read now is no reason for it. */
public final class UnusableVersionException extends IOException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /** Why. */
    public enum Reason {
        /** It is not signed, and must be. */
        UNSIGNED,
        /** Signed by someone who is not trusted. */
        UNKNOWN_SIGNER,
        /** Signed by someone who is not trusted any more. */
        REVOKED_SIGNER,
        /** What was signed is something else. */
        WRONG_SIGNATURE,
        /** Its artifact is not in the blob store. */
        MISSING,
        /** Its artifact is not what hash and size say. */
        CORRUPT,
        /** Its record is no version, or its artifact is no file of finite weights. */
        UNREADABLE,
        /** It is made for other samples or classes, or its network cannot be built. */
        INCOMPATIBLE
    }

    /** @param message what was expected, what was got */
    public UnusableVersionException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** @param cause what was thrown when it was tried */
    public UnusableVersionException(Reason reason, String message, Exception cause) {
        super(message, cause);
        this.reason = reason;
    }

    /** Why it must not be loaded. */
    public Reason reason() {
        return reason;
    }
}
