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
import java.util.stream.IntStream;

/**
 * Makes the views of a step. Each sample has random numbers of its own, so its views do not depend on which other
 * samples are looked at.
 */
final class Views {
    private final Augmentation augmentation;
    private final Mixup labeledMixup;
    private final Mixup unlabeledMixup;
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
        this.labeledMixup = new Mixup(settings.labeledMixupAlpha());
        this.unlabeledMixup = new Mixup(settings.unlabeledMixupAlpha());
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

    /**
     * The student's batch. Refused samples would add nothing to the loss or its gradient, so they stay out of it. Labeled
     * rows are blended with labeled ones, accepted rows with accepted ones; a blended row keeps its own weight.
     */
    Student student(TrainingBatch batch, GateDecision gate, float unlabeledLossWeight) {
        int labeled = batch.labeled().size();
        int[] accepted = IntStream.range(0, batch.unlabeled().size())
                .filter(gate::accepts)
                .toArray();
        float[] views = labeledViews(batch);
        float[][] targets = labeledTargets(batch);
        float[] strong = strongViews(batch, accepted);
        float[][] pseudo =
                Arrays.stream(accepted).mapToObj(i -> gate.targets()[i]).toArray(float[][]::new);
        SplittableRandom random = Randomness.at(seed, batch.step(), Purpose.METHOD);
        labeledMixup.blend(views, targets, random.split());
        unlabeledMixup.blend(strong, pseudo, random.split());

        int rows = labeled + accepted.length;
        float[] samples = Arrays.copyOf(views, rows * sampleSize);
        System.arraycopy(strong, 0, samples, views.length, strong.length);
        float[][] allTargets = Arrays.copyOf(targets, rows);
        System.arraycopy(pseudo, 0, allTargets, labeled, pseudo.length);
        float[] weights = new float[rows];
        Arrays.fill(weights, 0, labeled, 1f / labeled);
        for (int row = labeled; row < rows; row++) {
            weights[row] = unlabeledLossWeight
                    * gate.weights()[accepted[row - labeled]]
                    / batch.unlabeled().size();
        }
        return new Student(samples, allTargets, weights, labeled);
    }

    private float[] strongViews(TrainingBatch batch, int[] accepted) {
        SplittableRandom random = Randomness.at(seed, batch.step(), Purpose.STRONG_VIEW);
        SplittableRandom[] ofSample = new SplittableRandom[batch.unlabeled().size()];
        Arrays.setAll(ofSample, i -> random.split());
        float[] views = new float[accepted.length * sampleSize];
        for (int row = 0; row < accepted.length; row++) {
            float[] values = batch.unlabeled().get(accepted[row]).values();
            augmentation.strong(values, ofSample[accepted[row]], views, row * sampleSize);
        }
        return views;
    }

    /**
     * The last of the labeled samples get strong views, as many as their share says, the others weak ones. Batches are
     * drawn with the classes in turn, so both parts have every class.
     */
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
}
