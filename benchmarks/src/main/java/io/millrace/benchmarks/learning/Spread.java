package io.millrace.benchmarks.learning;

import java.util.List;

/**
 * Mean and standard deviation of the same figure over seeds.
 *
 * @param count how many there were, without those that are NaN
 * @param mean NaN without any
 * @param deviation of the sample, with n - 1; NaN with fewer than two
 */
record Spread(int count, double mean, double deviation) {
    static Spread of(List<Double> values) {
        double[] there = values.stream()
                .mapToDouble(Double::doubleValue)
                .filter(value -> !Double.isNaN(value))
                .toArray();
        double sum = 0;
        for (double value : there) {
            sum += value;
        }
        double mean = sum / there.length;
        double squares = 0;
        for (double value : there) {
            squares += (value - mean) * (value - mean);
        }
        double deviation = there.length < 2 ? Double.NaN : Math.sqrt(squares / (there.length - 1));
        return new Spread(there.length, mean, deviation);
    }

    /** Standard error of the mean; NaN with fewer than two. */
    double standardError() {
        return deviation / Math.sqrt(count);
    }

    /** True when the mean is farther from 0 than two standard errors; false with fewer than two values. */
    boolean isClear() {
        return Math.abs(mean) > 2 * standardError();
    }
}
