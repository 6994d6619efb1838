package io.millrace.trainer.augment;

import java.util.SplittableRandom;

/**
 * Blends samples of one batch with each other, and their targets alike: {@code x_i <- a x_i + (1 - a) x_j}, {@code a ~
 * Beta(alpha, alpha)} (Zhang et al. 2018, equation 1). As in MixMatch (Berthelot et al. 2019, equation 8) {@code a} is
 * taken as {@code max(a, 1 - a)}, so a blend is mostly the sample it replaces. One {@code a} and one permutation a batch.
 *
 * @param alpha 0 leaves the batch as it is; 1 draws every blend alike
 */
public record Mixup(double alpha) {
    public Mixup {
        if (!(alpha == 0 || alpha >= 0.05 && alpha <= 4)) {
            throw new IllegalArgumentException("expected a mixup alpha of 0 or of 0.05 to 4, got " + alpha);
        }
    }

    /**
     * Blends in place.
     *
     * @param samples rows of equal length, one after the other
     * @param targets one row of class probabilities each
     */
    public void blend(float[] samples, float[][] targets, SplittableRandom random) {
        if (alpha == 0 || targets.length < 2) {
            return;
        }
        float own = drawShare(random);
        int[] partners = permutation(targets.length, random);
        int size = samples.length / targets.length;
        float[] before = samples.clone();
        float[][] targetsBefore = targets.clone();
        for (int i = 0; i < targets.length; i++) {
            int partner = partners[i] * size;
            for (int k = 0; k < size; k++) {
                samples[i * size + k] = own * before[i * size + k] + (1 - own) * before[partner + k];
            }
            targets[i] = blend(targetsBefore[i], targetsBefore[partners[i]], own);
        }
    }

    /** Jöhnk 1964: {@code U^(1/alpha)} and {@code V^(1/alpha)} until their sum is at most 1; then their ratio is Beta. */
    private float drawShare(SplittableRandom random) {
        double u;
        double v;
        do {
            u = Math.pow(random.nextDouble(), 1 / alpha);
            v = Math.pow(random.nextDouble(), 1 / alpha);
        } while (!(u + v <= 1 && u + v > 0));
        double share = u / (u + v);
        return (float) Math.max(share, 1 - share);
    }

    private static float[] blend(float[] target, float[] partner, float own) {
        float[] blended = new float[target.length];
        for (int c = 0; c < blended.length; c++) {
            blended[c] = own * target[c] + (1 - own) * partner[c];
        }
        return blended;
    }

    private static int[] permutation(int size, SplittableRandom random) {
        int[] order = new int[size];
        for (int i = 0; i < size; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }
}
