package io.millrace.trainer.learn;

import io.millrace.schemas.SampleShape;
import io.millrace.trainer.batch.Sample;
import io.millrace.trainer.batch.TrainingBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Three classes that can be told apart: waves of three lengths, across an image or along a window, with noise. */
record Synthetic(SampleShape shape) {
    static final int CLASSES = 3;

    Sample sample(long number) {
        SplittableRandom random = new SplittableRandom(number * 7919);
        int label = (int) (number % CLASSES);
        int length = shape.dimensions().get(shape.dimensions().size() - 1);
        double phase = random.nextDouble() * 6.28;
        float[] values = new float[shape.values()];
        for (int i = 0; i < values.length; i++) {
            double wave = Math.sin(phase + (label + 1) * 6.28 * (i % length) / length);
            values[i] = (float) (0.5 + 0.3 * wave + 0.2 * (random.nextDouble() - 0.5));
        }
        return new Sample("frame-" + number, "source", values, label);
    }

    /** Few labeled samples again and again, always new unlabeled ones. */
    TrainingBatch batch(long step, int labeled, int unlabeled) {
        List<Sample> withLabel = new ArrayList<>();
        for (int i = 0; i < labeled; i++) {
            withLabel.add(sample((step * labeled + i) % 24));
        }
        List<Sample> without = new ArrayList<>();
        for (int i = 0; i < unlabeled; i++) {
            Sample sample = sample(1000 + step * unlabeled + i);
            without.add(sample.labeled(Sample.UNLABELED));
        }
        return new TrainingBatch(step, withLabel, without, unlabeled);
    }

    /** Few labeled samples and 24 unlabeled ones again and again, the first four as if they were fresh. */
    TrainingBatch replayed(long step, int labeled, int unlabeled) {
        TrainingBatch batch = batch(step, labeled, unlabeled);
        List<Sample> again = new ArrayList<>();
        for (int i = 0; i < unlabeled; i++) {
            again.add(sample(1000 + (step * unlabeled + i) % 24).labeled(Sample.UNLABELED));
        }
        return new TrainingBatch(step, batch.labeled(), again, 4);
    }

    /** As {@link #batch}, with noise in the place of every fourth unlabeled sample. */
    TrainingBatch withNoise(long step, int labeled, int unlabeled) {
        TrainingBatch batch = batch(step, labeled, unlabeled);
        List<Sample> mixed = new ArrayList<>(batch.unlabeled());
        for (int i = 0; i < unlabeled; i += 4) {
            float[] values = noise((int) step * unlabeled + i, 1).get(0);
            mixed.set(i, new Sample("noise-" + step + "-" + i, "source", values, Sample.UNLABELED));
        }
        return new TrainingBatch(step, batch.labeled(), mixed, unlabeled);
    }

    /** Samples of no class. */
    List<float[]> noise(int from, int count) {
        List<float[]> samples = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            SplittableRandom random = new SplittableRandom(31 * (from + i) + 5);
            float[] values = new float[shape.values()];
            for (int k = 0; k < values.length; k++) {
                values[k] = random.nextFloat();
            }
            samples.add(values);
        }
        return samples;
    }

    List<float[]> values(int from, int count) {
        List<float[]> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            values.add(sample(from + i).values());
        }
        return values;
    }
}
