package io.millrace.trainer.evaluate;

import io.millrace.trainer.model.Tensor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * Test, then train: labels that go to training are scored by the teacher just before, and the latest scores are kept.
 * They say how good the teacher is on what it has not been told, and fit its temperature, at no cost in labels.
 *
 * <p>A hash of the frame's id puts each score into one of two slices: the temperature is fitted to one, and the calibration
 * error is told of the other, because a temperature looks better on what it was fitted to. Temperature does not change
 * which class is greatest, so accuracy is told of both.
 *
 * <p>A frame may have been trained before under its pseudo-label, which makes these scores a little kind; the holdout,
 * which is never trained in any way, decides promotions.
 */
public final class PrequentialEvaluator {
    private final int capacity;
    private final Deque<Score> reported = new ArrayDeque<>();
    private final Deque<Score> calibration = new ArrayDeque<>();

    @SuppressWarnings("ArrayRecordComponent") // private carrier
    private record Score(float[] logits, int label) {}

    /** @param capacity how many of the latest scores are kept, in both slices together */
    public PrequentialEvaluator(int capacity) {
        this.capacity = capacity;
    }

    /**
     * Remembers how the teacher answered a frame before it was trained with its label.
     *
     * @param frameId says which slice it is for
     * @param logits C logits; kept
     */
    public void add(String frameId, float[] logits, int label) {
        Deque<Score> slice = calibrates(frameId) ? calibration : reported;
        slice.addLast(new Score(logits, label));
        if (slice.size() > Math.max(1, capacity / 2)) {
            slice.removeFirst();
        }
    }

    /** True when a frame's label is for the temperature: for half of all frames, and always the same ones. */
    static boolean calibrates(String frameId) {
        CRC32C hash = new CRC32C();
        hash.update(("calibration:" + frameId).getBytes(StandardCharsets.UTF_8));
        return hash.getValue() % 2 == 0;
    }

    /** Temperature that fits the scores of the calibration slice; 1 without any. */
    public double temperature() {
        return Calibration.temperature(
                calibration.stream().map(Score::logits).toList(),
                calibration.stream().map(Score::label).toList());
    }

    /** How the kept scores come out at a temperature; the calibration error is of those it is not fitted to. */
    public Evaluation evaluation(double temperature, int classes) {
        List<Score> all = Stream.concat(calibration.stream(), reported.stream()).toList();
        return evaluation(all, temperature, classes)
                .calibratedAs(evaluation(reported, temperature, classes).calibrationError());
    }

    private static Evaluation evaluation(Collection<Score> scores, double temperature, int classes) {
        double[][] probabilities = scores.stream()
                .map(score -> Calibration.probabilities(score.logits(), temperature))
                .toArray(double[][]::new);
        return Evaluation.of(
                probabilities, scores.stream().mapToInt(Score::label).toArray(), classes);
    }

    /** What is reported, to be kept in a checkpoint: [N, C + 1], the last column is the label. */
    public Tensor reported(int classes) {
        return tensor("scores", reported, classes);
    }

    /** What the temperature is fitted to, to be kept in a checkpoint: likewise. */
    public Tensor calibration(int classes) {
        return tensor("calibration", calibration, classes);
    }

    private static Tensor tensor(String name, Collection<Score> scores, int classes) {
        float[] values = new float[scores.size() * (classes + 1)];
        Iterator<Score> all = scores.iterator();
        for (int i = 0; i < scores.size(); i++) {
            Score score = all.next();
            System.arraycopy(score.logits(), 0, values, i * (classes + 1), classes);
            values[i * (classes + 1) + classes] = score.label();
        }
        return new Tensor(name, List.of(scores.size(), classes + 1), values);
    }

    /** Takes up what {@link #reported} and {@link #calibration} gave. */
    public void restore(Tensor ofReported, Tensor ofCalibration) {
        reported.clear();
        calibration.clear();
        reported.addAll(scores(ofReported));
        calibration.addAll(scores(ofCalibration));
    }

    private static List<Score> scores(Tensor state) {
        int width = state.shape().get(1);
        List<Score> restored = new ArrayList<>();
        for (int i = 0; i < state.shape().get(0); i++) {
            float[] logits = new float[width - 1];
            System.arraycopy(state.values(), i * width, logits, 0, width - 1);
            restored.add(new Score(logits, (int) state.values()[i * width + width - 1]));
        }
        return restored;
    }
}
