package io.millrace.trainer.publish;

import java.time.Duration;
import java.time.InstantSource;
import org.apache.kafka.common.errors.TimeoutException;

/** Ends a wait for the broker that would otherwise last for ever, and keep the process from closing. */
final class Deadline {
    private final InstantSource clock;
    private final long until;

    Deadline(InstantSource clock, Duration patience) {
        this.clock = clock;
        this.until = clock.millis() + patience.toMillis();
    }

    /** @throws TimeoutException when the time is up */
    void check(String waitedFor) {
        if (clock.millis() > until) {
            throw new TimeoutException("the broker did not give " + waitedFor + " in time");
        }
    }
}
