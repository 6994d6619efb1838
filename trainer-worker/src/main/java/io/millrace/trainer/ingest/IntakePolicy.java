package io.millrace.trainer.ingest;

import java.time.Duration;

/**
 * How the trainer takes in what comes: when it waits, and when it passes frames over because it is too far behind.
 * Labels are never passed over.
 *
 * @param maxBacklog frames; with more waiting, frames are shed until half of it is left
 * @param idleMillis a partition without a frame for so long no longer holds up the others, in milliseconds
 */
public record IntakePolicy(long maxBacklog, long idleMillis) {
    private static final Duration WAIT = Duration.ofMillis(20);

    boolean isBehind(long backlog) {
        return backlog > maxBacklog;
    }

    boolean isStillBehind(long backlog) {
        return backlog > maxBacklog / 2;
    }

    Duration pollWait() {
        return WAIT;
    }
}
