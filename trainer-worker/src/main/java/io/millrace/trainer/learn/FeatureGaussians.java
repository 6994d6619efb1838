package io.millrace.trainer.learn;

import io.millrace.trainer.model.NamedTensors;
import io.millrace.trainer.model.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * Where samples lie in the space of the network's features: a mean for each class and one covariance for all, and how far
 * something else is from the nearest mean (Lee et al. 2018, "A simple unified framework for detecting
 * out-of-distribution samples", section 2.1):
 *
 * <pre>
 *   d(f) = min_c (f - mean_c)' S^-1 (f - mean_c),   S = (1 - {@value #SHRINKAGE}) covariance + {@value #SHRINKAGE} t I
 * </pre>
 *
 * <p>with t the mean variance. Deviations: means and covariance are running ones, because the network goes on learning; the
 * covariance is shrunk, because samples are few; of wide networks only the first {@value #MOST} features are looked at.
 */
final class FeatureGaussians {
    static final int MOST = 256;
    static final double SHRINKAGE = 0.05;

    private static final double HALF_LIFE_UPDATES = 50;
    private static final double TINY = 1e-9;

    private final int size;
    private final float[][] means;
    /** Updates of each class, then of the covariance. */
    private final float[] updates;

    private final float[][] covariance;
    /** Lower triangle L of {@code S = L L'}, and the means in its coordinates; made from the others. */
    private double[][] root = new double[0][];

    private double[][] whiteMeans = new double[0][];

    /** @param features numbers that the network gives of a sample */
    FeatureGaussians(int classes, int features) {
        this.size = Math.min(features, MOST);
        this.means = new float[classes][size];
        this.updates = new float[classes + 1];
        this.covariance = new float[size][size];
    }

    /** Takes note of samples and their classes. @param features {@code [N][features]} */
    void add(int[] labels, float[][] features) {
        float[][] sums = new float[means.length][size];
        int[] counts = new int[means.length];
        for (int i = 0; i < labels.length; i++) {
            counts[labels[i]]++;
            for (int k = 0; k < size; k++) {
                sums[labels[i]][k] += features[i][k];
            }
        }
        for (int c = 0; c < means.length; c++) {
            if (counts[c] > 0) {
                float kept = kept(c);
                for (int k = 0; k < size; k++) {
                    means[c][k] = kept * means[c][k] + (1 - kept) * sums[c][k] / counts[c];
                }
            }
        }
        float kept = kept(means.length);
        for (float[] row : covariance) {
            for (int k = 0; k < size; k++) {
                row[k] *= kept;
            }
        }
        for (int i = 0; i < labels.length; i++) {
            addProducts(apart(features[i], means[labels[i]]), (1 - kept) / labels.length);
        }
        whiten();
    }

    private float kept(int place) {
        updates[place] = Math.min(updates[place] + 1, 1 << 24);
        return (float) Math.min(1 - 1.0 / updates[place], Math.pow(0.5, 1 / HALF_LIFE_UPDATES));
    }

    private float[] apart(float[] features, float[] mean) {
        float[] apart = new float[size];
        for (int k = 0; k < size; k++) {
            apart[k] = features[k] - mean[k];
        }
        return apart;
    }

    private void addProducts(float[] apart, float share) {
        for (int j = 0; j < size; j++) {
            for (int k = 0; k < size; k++) {
                covariance[j][k] += share * apart[j] * apart[k];
            }
        }
    }

    /** Cholesky's decomposition; the shrinkage keeps S positive definite. */
    private void whiten() {
        double trace = 0;
        for (int k = 0; k < size; k++) {
            trace += covariance[k][k];
        }
        double ridge = SHRINKAGE * trace / size + TINY;
        root = new double[size][size];
        for (int j = 0; j < size; j++) {
            for (int k = 0; k <= j; k++) {
                double left = (1 - SHRINKAGE) * covariance[j][k] + (j == k ? ridge : 0);
                for (int m = 0; m < k; m++) {
                    left -= root[j][m] * root[k][m];
                }
                root[j][k] = j == k ? Math.sqrt(Math.max(left, TINY)) : left / root[k][k];
            }
        }
        whiteMeans = new double[means.length][];
        Arrays.setAll(whiteMeans, c -> white(means[c]));
    }

    /** {@code L^-1 f}, in which S is the identity. */
    private double[] white(float[] features) {
        double[] white = new double[size];
        for (int j = 0; j < size; j++) {
            double left = features[j];
            for (int k = 0; k < j; k++) {
                left -= root[j][k] * white[k];
            }
            white[j] = left / root[j][j];
        }
        return white;
    }

    /** Distance from the nearest of the classes that were seen; not a number before the first. */
    float distance(float[] features) {
        if (whiteMeans.length == 0) {
            return Float.NaN;
        }
        double[] white = white(features);
        double nearest = Double.POSITIVE_INFINITY;
        for (int c = 0; c < means.length; c++) {
            double sum = 0;
            for (int k = 0; k < size; k++) {
                double apart = white[k] - whiteMeans[c][k];
                sum += apart * apart;
            }
            nearest = updates[c] > 0 ? Math.min(nearest, sum) : nearest;
        }
        return (float) nearest;
    }

    List<Tensor> state() {
        return List.of(
                Tensor.rows("means", size, means),
                Tensor.vector("updates", updates.clone()),
                Tensor.rows("covariance", size, covariance));
    }

    void restore(NamedTensors named) {
        float[][] ofMeans = named.takeRows("means", size);
        float[] ofUpdates = named.take("updates", List.of(updates.length));
        float[][] ofCovariance = named.takeRows("covariance", size);
        if (ofMeans.length != means.length || ofCovariance.length != size) {
            throw new IllegalArgumentException("expected " + means.length + " means and " + size + " rows, got "
                    + ofMeans.length + " and " + ofCovariance.length);
        }
        System.arraycopy(ofMeans, 0, means, 0, means.length);
        System.arraycopy(ofUpdates, 0, updates, 0, updates.length);
        System.arraycopy(ofCovariance, 0, covariance, 0, size);
        root = new double[0][];
        whiteMeans = new double[0][];
        if (updates[means.length] > 0) {
            whiten();
        }
    }
}
