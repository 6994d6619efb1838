package io.millrace.trainer.learn;

import io.millrace.schemas.SampleShape;
import io.millrace.trainer.augment.Augmentation;
import io.millrace.trainer.augment.Mixup;
import io.millrace.trainer.batch.Randomness;
import io.millrace.trainer.batch.Randomness.Purpose;
import io.millrace.trainer.batch.Sample;
import io.millrace.trainer.batch.TrainingBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Makes the views of a step. Each sample has random numbers of its own, so its views do not depend on which other
 * samples are looked at.
 */
final class Views {
    private final Augmentation augmentation;
    private final Mixup mixup;
    private final double labeledStrongShare;
    private final long seed;
    private final int sampleSize;
    private final int classes;

    /**
     * What the student sees, row by row: the labeled views, then the strong views of the accepted samples.
     *
     * @param samples rows one after the other
     * @param targets {@code [rows][classes]}
     * @param weights {@code [rows]}: the loss is {@code sum_i weight_i CE(target_i, student_i)}
     * @param labeled number of labeled rows
     */
    @SuppressWarnings("ArrayRecordComponent") // lives within one step, never compared
    record Student(float[] samples, float[][] targets, float[] weights, int labeled) {
        int rows() {
            return targets.length;
        }
    }

    Views(LearnSettings settings, SampleShape shape, int classes) {
        this.augmentation = Augmentation.of(shape, settings.images(), settings.sensors());
        this.mixup = new Mixup(settings.labeledMixupAlpha());
        this.labeledStrongShare = settings.labeledStrongShare();
        this.seed = settings.seed();
        this.sampleSize = shape.values();
        this.classes = classes;
    }

    /** Weak views, for the teacher. */
    List<float[]> weak(long step, List<Sample> samples) {
        SplittableRandom random = Randomness.at(seed, step, Purpose.WEAK_VIEW);
        List<float[]> views = new ArrayList<>(samples.size());
        for (Sample sample : samples) {
            float[] view = new float[sampleSize];
            augmentation.weak(sample.values(), random.split(), view, 0);
            views.add(view);
        }
        return views;
    }

    /** The student's batch. Refused samples would add nothing to the loss or its gradient, so they stay out of it. */
    Student student(TrainingBatch batch, GateDecision gate, float unlabeledLossWeight) {
        int labeled = batch.labeled().size();
        int unlabeled = batch.unlabeled().size();
        float[] views = labeledViews(batch);
        float[][] targets = labeledTargets(batch);
        mixup.blend(views, targets, Randomness.at(seed, batch.step(), Purpose.METHOD));
        List<Integer> accepted = new ArrayList<>();
        for (int i = 0; i < unlabeled; i++) {
            if (gate.accepts(i)) {
                accepted.add(i);
            }
        }
        int rows = labeled + accepted.size();
        views = Arrays.copyOf(views, rows * sampleSize);
        targets = Arrays.copyOf(targets, rows);
        float[] weights = new float[rows];
        Arrays.fill(weights, 0, labeled, 1f / labeled);
        SplittableRandom[] randoms = split(Randomness.at(seed, batch.step(), Purpose.STRONG_VIEW), unlabeled);
        for (int row = labeled; row < rows; row++) {
            int i = accepted.get(row - labeled);
            augmentation.strong(batch.unlabeled().get(i).values(), randoms[i], views, row * sampleSize);
            targets[row] = gate.targets()[i];
            weights[row] = unlabeledLossWeight * gate.weights()[i] / unlabeled;
        }
        return new Student(views, targets, weights, labeled);
    }

    /** The last of the labeled samples get strong views, as many as their share says, the others weak ones. */
    private float[] labeledViews(TrainingBatch batch) {
        SplittableRandom random = Randomness.at(seed, batch.step(), Purpose.LABELED_VIEW);
        int size = batch.labeled().size();
        long weak = size - Math.round(labeledStrongShare * size);
        float[] views = new float[size * sampleSize];
        for (int i = 0; i < size; i++) {
            float[] values = batch.labeled().get(i).values();
            if (i < weak) {
                augmentation.weak(values, random.split(), views, i * sampleSize);
            } else {
                augmentation.strong(values, random.split(), views, i * sampleSize);
            }
        }
        return views;
    }

    private float[][] labeledTargets(TrainingBatch batch) {
        return batch.labeled().stream()
                .map(sample -> Probabilities.oneHot(sample.label(), classes))
                .toArray(float[][]::new);
    }

    private static SplittableRandom[] split(SplittableRandom random, int parts) {
        SplittableRandom[] randoms = new SplittableRandom[parts];
        Arrays.setAll(randoms, i -> random.split());
        return randoms;
    }
}
