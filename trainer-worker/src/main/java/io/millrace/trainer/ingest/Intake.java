package io.millrace.trainer.ingest;

import java.util.List;

/**
 * What one step takes in.
 *
 * @param frames frames in the order of event time
 * @param labels labels due by the last of them, in the order of event time
 * @param drained true when everything up to the agreed end was taken in
 */
public record Intake(List<ReceivedFrame> frames, List<ReceivedLabel> labels, boolean drained) {
    public Intake {
        frames = List.copyOf(frames);
        labels = List.copyOf(labels);
    }
}
