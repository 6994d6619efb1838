package io.millrace.benchmarks.learning;

import io.millrace.trainer.batch.Sample;
import io.millrace.trainer.evaluate.Calibration;
import io.millrace.trainer.evaluate.Evaluation;
import io.millrace.trainer.learn.Learner;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Examines the teacher, which is what is served, on test samples as they are: a fixed part of each set, or all. */
final class Examiner {
    private static final int BATCH = 250;

    private final LearningStream stream;
    private final Learner learner;
    private final int samplesPerTest;
    private final Map<Integer, List<Sample>> parts = new HashMap<>();

    /** @param samples looked at in one examination, shared among the sets that judge together at the end */
    Examiner(LearningStream stream, Learner learner, int samples) {
        this.stream = stream;
        this.learner = learner;
        int together = stream.judges(stream.length() - 1).size();
        this.samplesPerTest = Math.max(1, samples / together);
    }

    /** Share of right answers on a part of each set, by the place of the set. */
    Map<Integer, Double> accuracies(Collection<Integer> domains) {
        Map<Integer, Double> accuracies = new TreeMap<>();
        for (int domain : domains) {
            List<Sample> part = parts.computeIfAbsent(
                    domain, place -> stream.tests().get(place).part(samplesPerTest));
            accuracies.put(domain, accuracy(part));
        }
        return accuracies;
    }

    /** Share of samples that the teacher gives their label; NaN without samples. */
    double accuracy(List<Sample> samples) {
        int right = 0;
        float[][] logits = logits(samples);
        for (int i = 0; i < logits.length; i++) {
            double[] probabilities = Calibration.probabilities(logits[i], 1);
            right += Evaluation.argMax(probabilities) == samples.get(i).label() ? 1 : 0;
        }
        return (double) right / samples.size();
    }

    /** How the teacher does on all samples of some sets together, with confidences as they are served. */
    Evaluation whole(Collection<Integer> domains, double temperature) {
        List<double[]> probabilities = new ArrayList<>();
        List<Integer> labels = new ArrayList<>();
        for (int domain : domains) {
            TestSet test = stream.tests().get(domain);
            List<Sample> all = test.all();
            for (float[] row : logits(all)) {
                probabilities.add(Calibration.probabilities(row, temperature));
            }
            all.forEach(sample -> labels.add(sample.label()));
        }
        int[] truth = labels.stream().mapToInt(Integer::intValue).toArray();
        return Evaluation.of(probabilities.toArray(double[][]::new), truth, stream.classes());
    }

    private float[][] logits(List<Sample> samples) {
        float[][] logits = new float[samples.size()][];
        for (int start = 0; start < logits.length; start += BATCH) {
            List<Sample> part = samples.subList(start, Math.min(start + BATCH, logits.length));
            float[][] rows =
                    learner.teacherLogits(part.stream().map(Sample::values).toList());
            System.arraycopy(rows, 0, logits, start, rows.length);
        }
        return logits;
    }
}
