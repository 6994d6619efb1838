package io.millrace.trainer.ingest;

import java.util.List;

/**
 * What one step takes in.
 *
 * @param frames frames in the order of event time
 * @param labels labels due by the last of them, in the order of event time
 * @param lost offsets that were gone before they could be read
 * @param lateLabels how many of the labels came so late that frames later than themselves were taken in before them: in
 *     another run they may come in time, and what is learned differs
 * @param drained true when everything up to the agreed end was taken in
 */
public record Intake(
        List<ReceivedFrame> frames, List<ReceivedLabel> labels, List<LostRange> lost, int lateLabels, boolean drained) {
    public Intake {
        frames = List.copyOf(frames);
        labels = List.copyOf(labels);
        lost = List.copyOf(lost);
    }
}
