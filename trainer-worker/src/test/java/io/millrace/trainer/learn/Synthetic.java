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

    List<float[]> values(int from, int count) {
        List<float[]> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            values.add(sample(from + i).values());
        }
        return values;
    }
}
