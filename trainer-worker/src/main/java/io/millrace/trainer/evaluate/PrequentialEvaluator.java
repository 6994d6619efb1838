package io.millrace.trainer.evaluate;

import io.millrace.trainer.model.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/**
 * Test, then train: labels that go to training are scored by the teacher just before, and the latest scores are kept.
 * They say how good the teacher is on what it has not been told, and fit its temperature, at no cost in labels.
 *
 * <p>A frame may have been trained before under its pseudo-label, which makes these scores a little kind; the holdout,
 * which is never trained in any way, decides promotions.
 */
public final class PrequentialEvaluator {
    private final int capacity;
    private final Deque<Score> scores = new ArrayDeque<>();

    @SuppressWarnings("ArrayRecordComponent") // private carrier
    private record Score(float[] logits, int label) {}

    /** @param capacity how many of the latest scores are kept */
    public PrequentialEvaluator(int capacity) {
        this.capacity = capacity;
    }

    /**
     * Remembers how the teacher answered a frame before it was trained with its label.
     *
     * @param logits C logits; kept
     */
    public void add(float[] logits, int label) {
        scores.addLast(new Score(logits, label));
        if (scores.size() > capacity) {
            scores.removeFirst();
        }
    }

    /** Temperature that fits the kept scores; 1 without any. */
    public double temperature() {
        return Calibration.temperature(
                scores.stream().map(Score::logits).toList(),
                scores.stream().map(Score::label).toList());
    }

    /** How the kept scores come out at a temperature. */
    public Evaluation evaluation(double temperature, int classes) {
        double[][] probabilities = scores.stream()
                .map(score -> Calibration.probabilities(score.logits(), temperature))
                .toArray(double[][]::new);
        return Evaluation.of(
                probabilities, scores.stream().mapToInt(Score::label).toArray(), classes);
    }

    /** Everything to be kept in a checkpoint: [N, C + 1], the last column is the label. */
    public Tensor state(String name, int classes) {
        float[] values = new float[scores.size() * (classes + 1)];
        Iterator<Score> all = scores.iterator();
        for (int i = 0; i < scores.size(); i++) {
            Score score = all.next();
            System.arraycopy(score.logits(), 0, values, i * (classes + 1), classes);
            values[i * (classes + 1) + classes] = score.label();
        }
        return new Tensor(name, List.of(scores.size(), classes + 1), values);
    }

    /** Takes up what {@link #state} gave. */
    public void restore(Tensor state) {
        scores.clear();
        int width = state.shape().get(1);
        List<Score> restored = new ArrayList<>();
        for (int i = 0; i < state.shape().get(0); i++) {
            float[] logits = new float[width - 1];
            System.arraycopy(state.values(), i * width, logits, 0, width - 1);
            restored.add(new Score(logits, (int) state.values()[i * width + width - 1]));
        }
        scores.addAll(restored);
    }
}
