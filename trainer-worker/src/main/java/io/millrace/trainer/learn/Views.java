package io.millrace.trainer.learn;

import io.millrace.schemas.SampleShape;
import io.millrace.trainer.augment.Augmentation;
import io.millrace.trainer.augment.Mixup;
import io.millrace.trainer.batch.Randomness;
import io.millrace.trainer.batch.Randomness.Purpose;
import io.millrace.trainer.batch.Sample;
import io.millrace.trainer.batch.TrainingBatch;
import io.millrace.trainer.learn.StudentViews.Blend;
import io.millrace.trainer.learn.StudentViews.Rows;
import io.millrace.trainer.learn.StudentViews.View;
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
    /** Alpha of MixMatch's Beta distribution (Berthelot et al. 2019, section 4.1). */
    private static final Mixup MIXMATCH = new Mixup(0.75);

    private final Augmentation augmentation;
    private final Curriculum curriculum;
    private final Mixup labeledMixup;
    private final Mixup unlabeledMixup;
    private final double labeledStrongShare;
    private final long seed;
    private final int sampleSize;
    private final int classes;

    Views(LearnSettings settings, SampleShape shape, int classes, FreshLabels labels) {
        this.augmentation = Augmentation.of(shape, settings.images(), settings.sensors());
        this.curriculum = new Curriculum(settings, shape, labels);
        // ELR compares an answer with what was answered for the same sample before: no blends.
        this.labeledMixup = new Mixup(settings.additions().labelNoiseWeight() > 0 ? 0 : settings.labeledMixupAlpha());
        this.unlabeledMixup = new Mixup(settings.unlabeledMixupAlpha());
        this.labeledStrongShare = settings.labeledStrongShare();
        this.seed = settings.seed();
        this.sampleSize = shape.values();
        this.classes = classes;
    }

    /** Weak views, for whoever predicts. */
    List<float[]> weak(long step, List<Sample> samples, Purpose purpose) {
        SplittableRandom random = Randomness.at(seed, step, purpose);
        List<float[]> views = new ArrayList<>(samples.size());
        for (Sample sample : samples) {
            float[] view = new float[sampleSize];
            augmentation.weak(sample.values(), random.split(), view, 0);
            views.add(view);
        }
        return views;
    }

    /**
     * The student's batch. A blended row keeps its own weight.
     *
     * @param unlabeledWeight weight of what unlabeled samples add
     */
    StudentRows student(TrainingBatch batch, GateDecision gate, StudentViews wanted, float unlabeledWeight) {
        int labeled = batch.labeled().size();
        int[] chosen = chosen(batch, gate, wanted);
        float[] views = labeledViews(batch);
        float[][] targets = labeledTargets(batch);
        float[] ofUnlabeled = unlabeledViews(batch, chosen, wanted);
        float[][] pseudo = new float[chosen.length * wanted.views().size()][];
        Arrays.setAll(pseudo, row -> gate.targets()[chosen[row % chosen.length]]);
        SplittableRandom random = Randomness.at(seed, batch.step(), Purpose.METHOD);
        if (wanted.blend() == Blend.APART || wanted.blend() == Blend.LABELED) {
            labeledMixup.blend(views, targets, random.split());
        }
        if (wanted.blend() == Blend.APART) {
            unlabeledMixup.blend(ofUnlabeled, pseudo, random.split());
        }
        int rows = labeled + pseudo.length;
        float[] samples = joined(views, ofUnlabeled);
        float[][] allTargets = Arrays.copyOf(targets, rows);
        System.arraycopy(pseudo, 0, allTargets, labeled, pseudo.length);
        if (wanted.blend() == Blend.TOGETHER) {
            MIXMATCH.blend(samples, allTargets, random.split());
        }
        float[] weights = new float[rows];
        Arrays.fill(weights, 0, labeled, 1f / labeled);
        for (int row = 0; row < chosen.length * wanted.taught(); row++) {
            weights[labeled + row] = unlabeledWeight
                    * gate.weights()[chosen[row % chosen.length]]
                    / (batch.unlabeled().size() * wanted.taught());
        }
        return new StudentRows(samples, allTargets, weights, labeled, chosen);
    }

    private static int[] chosen(TrainingBatch batch, GateDecision gate, StudentViews wanted) {
        boolean all = wanted.rows() == Rows.ALL && gate.wasAsked();
        return IntStream.range(0, batch.unlabeled().size())
                .filter(i -> (all || gate.shows(i)) && !gate.bars(i))
                .toArray();
    }

    private float[] unlabeledViews(TrainingBatch batch, int[] chosen, StudentViews wanted) {
        float[] all = new float[0];
        for (View view : wanted.views()) {
            all = joined(all, views(batch, chosen, view));
        }
        return all;
    }

    private static float[] joined(float[] first, float[] second) {
        float[] joined = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, joined, first.length, second.length);
        return joined;
    }

    private float[] views(TrainingBatch batch, int[] chosen, View view) {
        Purpose purpose = switch (view) {
            case WEAK -> Purpose.WEAK_VIEW;
            case SECOND_WEAK -> Purpose.SECOND_WEAK_VIEW;
            case STRONG -> Purpose.STRONG_VIEW;
            case SECOND_STRONG -> Purpose.SECOND_STRONG_VIEW;
        };
        boolean weak = view == View.WEAK || view == View.SECOND_WEAK;
        SplittableRandom random = Randomness.at(seed, batch.step(), purpose);
        SplittableRandom[] ofSample = new SplittableRandom[batch.unlabeled().size()];
        Arrays.setAll(ofSample, i -> random.split());
        Augmentation strong = curriculum.now();
        float[] views = new float[chosen.length * sampleSize];
        for (int row = 0; row < chosen.length; row++) {
            float[] values = batch.unlabeled().get(chosen[row]).values();
            if (weak) {
                augmentation.weak(values, ofSample[chosen[row]], views, row * sampleSize);
            } else {
                strong.strong(values, ofSample[chosen[row]], views, row * sampleSize);
            }
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
        Augmentation strong = curriculum.now();
        float[] views = new float[size * sampleSize];
        for (int i = 0; i < size; i++) {
            float[] values = batch.labeled().get(i).values();
            if (i < weak) {
                augmentation.weak(values, random.split(), views, i * sampleSize);
            } else {
                strong.strong(values, random.split(), views, i * sampleSize);
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
