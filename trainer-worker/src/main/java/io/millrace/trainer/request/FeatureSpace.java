package io.millrace.trainer.request;

/**
 * How far features are from each other: half of one minus the cosine of the angle between them, seen from the mean of a
 * window of frames; 0 for the same direction, 1 for the opposite one. Seen from the origin all features would look alike,
 * because they are means of rectified channels and none is negative.
 */
final class FeatureSpace {
    private static final double TINY = 1e-12;

    private final double[] mean;

    /** @param window features {@code [N][dimensions]}, N at least 1, whose mean is the centre */
    FeatureSpace(float[][] window) {
        mean = new double[window[0].length];
        for (float[] features : window) {
            for (int d = 0; d < mean.length; d++) {
                mean[d] += features[d] / (double) window.length;
            }
        }
    }

    /** Vectors of length 1 from the centre to each of the features; of length 0 at the centre. */
    double[][] directions(float[][] features) {
        double[][] directions = new double[features.length][mean.length];
        for (int i = 0; i < features.length; i++) {
            double squares = 0;
            for (int d = 0; d < mean.length; d++) {
                directions[i][d] = features[i][d] - mean[d];
                squares += directions[i][d] * directions[i][d];
            }
            double length = Math.max(Math.sqrt(squares), TINY);
            for (int d = 0; d < mean.length; d++) {
                directions[i][d] /= length;
            }
        }
        return directions;
    }

    /** Distance of two directions, 0..1. */
    static double distance(double[] one, double[] other) {
        double cosine = 0;
        for (int d = 0; d < one.length; d++) {
            cosine += one[d] * other[d];
        }
        return Math.min(1, Math.max(0, (1 - cosine) / 2));
    }

    /** Distance to the nearest of the others, 0..1; 1 without any. */
    static double nearest(double[] one, double[][] others) {
        double nearest = 1;
        for (double[] other : others) {
            nearest = Math.min(nearest, distance(one, other));
        }
        return nearest;
    }
}
