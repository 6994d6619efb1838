package io.millrace.trainer.learn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.millrace.trainer.augment.Channel;
import io.millrace.trainer.batch.Randomness;
import io.millrace.trainer.batch.Randomness.Purpose;
import io.millrace.trainer.batch.TrainingBatch;
import io.millrace.trainer.model.Gradient;
import io.millrace.trainer.model.InputBuffer;
import io.millrace.trainer.model.Network;
import io.millrace.trainer.model.NetworkConfig;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The small change to each unlabeled row that changes the student's answer most (Miyato et al. 2018, algorithm 1, one
 * power iteration):
 *
 * <pre>
 *   d = random direction          g = gradient of KL(p, student(x + xi d)) by d          r = epsilon g / |g|
 * </pre>
 *
 * <p>Deviations: lengths are per value, so that they fit every shape, and in a unit: of an image the network's input
 * deviation, of a sensor window each channel's own standard deviation, so that volts and millimetres beside each other are
 * disturbed alike and a constant channel not at all. Epsilon is 0.2 (6 for 32x32x3 images in -1..1 would be 0.22), xi is
 * 0.01, because the paper's 1e-6 is lost in the rounding of values near 0.5. A row without gradient is left as it is.
 *
 * @param seed root of randomness
 */
record AdversarialNoise(long seed) implements Perturbation {
    private static final double EPSILON = 0.2;
    private static final double XI = 0.01;

    @Override
    public StudentRows perturb(StudentRows seen, Network network, NDArray weights, TrainingBatch batch) {
        int first = seen.labeled();
        int count = seen.rows() - first;
        if (count == 0) {
            return seen;
        }
        int size = seen.samples().length / seen.rows();
        int start = first * size;
        float[] units = units(seen, start, network.config());
        float[] direction = new float[count * size];
        SplittableRandom random = Randomness.at(seed, batch.step(), Purpose.ADVERSARY);
        for (int i = 0; i < direction.length; i++) {
            direction[i] = (float) random.nextGaussian();
        }
        scaleRows(direction, size, XI * Math.sqrt(size));
        float[] moved = new float[direction.length];
        for (int i = 0; i < moved.length; i++) {
            moved[i] = seen.samples()[start + i] + direction[i] * units[i];
        }
        float[] noise = gradient(seen, moved, network, weights);
        for (int i = 0; i < noise.length; i++) {
            noise[i] *= units[i];
        }
        scaleRows(noise, size, EPSILON * Math.sqrt(size));
        float[] samples = seen.samples().clone();
        for (int i = 0; i < noise.length; i++) {
            samples[start + i] += noise[i] * units[i];
        }
        return new StudentRows(samples, seen.targets(), seen.weights(), first, seen.chosen());
    }

    /** For each value of the unlabeled rows, what counts as a change of 1. */
    private static float[] units(StudentRows seen, int start, NetworkConfig config) {
        float[] units = new float[seen.samples().length - start];
        if (config.input().isImage()) {
            Arrays.fill(units, config.inputDeviation());
            return units;
        }
        int time = config.input().dimensions().get(1);
        for (int from = 0; from < units.length; from += time) {
            Channel channel = Channel.of(seen.samples(), start + from, time);
            Arrays.fill(units, from, from + time, (float) channel.deviation());
        }
        return units;
    }

    /** By the disturbed rows: {@code [rows * size]}. */
    private static float[] gradient(StudentRows seen, float[] moved, Network network, NDArray weights) {
        int count = seen.rows() - seen.labeled();
        int classes = network.config().classes();
        float[] targets = new float[count * classes];
        for (int i = 0; i < targets.length; i++) {
            targets[i] = -seen.targets()[seen.labeled() + i / classes][i % classes];
        }
        try (NDManager scope = weights.getManager().newSubManager()) {
            InputBuffer buffer = new InputBuffer(network.config().input());
            buffer.addAll(moved, count);
            NDArray input = buffer.toArray(scope);
            NDArray constant = scope.create(targets, new Shape(count, classes));
            NDArray parameters = Network.shared(weights, scope);
            NDArray gradient = Gradient.of(
                    scope,
                    input,
                    x -> network.logits(parameters, x)
                            .logSoftmax(1)
                            .mul(constant)
                            .sum());
            return gradient.toFloatArray();
        }
    }

    /** Gives each row the same length; a row of zeros keeps its own. */
    private static void scaleRows(float[] rows, int size, double length) {
        for (int start = 0; start < rows.length; start += size) {
            double squares = 0;
            for (int i = start; i < start + size; i++) {
                squares += (double) rows[i] * rows[i];
            }
            double factor = squares > 0 ? length / Math.sqrt(squares) : 0;
            for (int i = start; i < start + size; i++) {
                rows[i] *= (float) factor;
            }
        }
    }
}
