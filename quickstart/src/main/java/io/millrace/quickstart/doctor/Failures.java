package io.millrace.quickstart.doctor;

import io.millrace.quickstart.doctor.Finding.Fail;
import io.millrace.quickstart.doctor.Finding.Skip;
import org.apache.kafka.common.errors.AuthorizationException;
import org.jspecify.annotations.Nullable;

/** What a check says when something was thrown at it. */
final class Failures {
    private Failures() {}

    /** Not allowed to look is no fault of what is looked at. */
    static Finding unexpected(String check, @Nullable Throwable failure) {
        if (failure instanceof AuthorizationException) {
            return new Skip(check, "this principal may not look: " + reason(failure));
        }
        return new Fail(check, reason(failure), "see the log for the cause, then run it again");
    }

    /** A failure and its causes in one line. */
    static String reason(@Nullable Throwable failure) {
        StringBuilder text = new StringBuilder();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
            if (text.indexOf(message) < 0) {
                text.append(text.length() == 0 ? "" : ": ").append(message);
            }
        }
        return text.toString().replaceAll("\\s+", " ");
    }
}
