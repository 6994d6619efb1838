package io.millrace.stream.join;

import java.time.Duration;

/**
 * How long frames and labels wait for each other, by wall-clock.
 *
 * @param labelWait how long a label that came first waits for its frame
 * @param labelHorizon how long after the arrival of a frame a label still counts
 */
public record JoinConfig(Duration labelWait, Duration labelHorizon) {
    /** How long stores remember: past the horizon long enough to tell an expired frame from an unknown one. */
    public Duration retention() {
        return labelHorizon.plus(labelWait);
    }
}
