package io.millrace.trainer.request;

/**
 * Features as vectors of length 1, and how far these are from each other: one minus the cosine of the angle between them,
 * 0 for the same direction, 1 for a right angle or more. Features are means of rectified channels, none is negative, so no
 * angle between them is wider than that.
 */
final class Directions {
    private static final double TINY = 1e-12;

    private Directions() {}

    /** The direction of each row of features, {@code [N][dimensions]}; of length 0 for a row of zeros. */
    static double[][] of(float[][] features) {
        double[][] directions = new double[features.length][];
        for (int i = 0; i < features.length; i++) {
            double squares = 0;
            for (float feature : features[i]) {
                squares += (double) feature * feature;
            }
            double length = Math.max(Math.sqrt(squares), TINY);
            directions[i] = new double[features[i].length];
            for (int d = 0; d < directions[i].length; d++) {
                directions[i][d] = features[i][d] / length;
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
        return Math.min(1, Math.max(0, 1 - cosine));
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
