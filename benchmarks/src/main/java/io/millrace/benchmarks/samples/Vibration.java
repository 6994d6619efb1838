package io.millrace.benchmarks.samples;

import io.millrace.schemas.SampleShape;
import java.util.SplittableRandom;

/**
 * Vibration of a {@link Machine} with one of seven faults or none: {@code [3, 128]}, two radial channels and an axial one,
 * 1,000 values a second, so about six turns of the shaft. With the shaft's angle {@code a}, a severity {@code s} of 0.3 to 1
 * and random phases:
 *
 * <pre>
 *   healthy        residual cos a, cos 2a
 *   imbalance      s at 1x, radial, a quarter turn apart
 *   misalignment   0.5 s at 1x, s at 2x, also axial
 *   looseness      s / k at k/2 x for k = 1..8
 *   rub            s at 1x, cut off on one side, and 0.4 s at 1/2 x
 *   outer race     blows at 3.58 x, all alike
 *   inner race     blows at 5.42 x, loud in the load zone: (1 + cos a) / 2
 *   ball           blows at 4.72 x, loud with the cage: (1 + cos 0.4 a) / 2
 * </pre>
 *
 * <p>A blow excites the housing: {@code 1.5 s exp(-2 pi d f t) sin(2 pi f t)}, and comes with a slip of 1 % (the bearing model of
 * McFadden and Smith 1984, with the slip of Randall and Antoni 2011; frequencies of a common deep groove ball bearing).
 * The shaft slips by 2 % with the load; hum and white noise are added; the mounting mixes the radial channels.
 */
final class Vibration {
    static final SampleShape SHAPE = SampleShape.of(3, 128);
    /** Healthy and seven faults, in the order above. */
    static final int CLASSES = 8;

    private static final int RUB = 4;
    private static final int OUTER_RACE = 5;
    private static final int INNER_RACE = 6;

    private static final int TIME = 128;
    private static final double RATE = 1_000;
    private static final double MAINS_HERTZ = 50;
    private static final double TURN = 2 * Math.PI;

    private final Machine machine;

    Vibration(Machine machine) {
        this.machine = machine;
    }

    /** One window. @param fault class index */
    float[] window(int fault, SplittableRandom random) {
        double shaft = machine.shaftHertz() * (1 + 0.02 * random.nextGaussian());
        double severity = 0.3 + 0.7 * random.nextDouble();
        double[] phases = random.doubles(10, 0, TURN).toArray();
        double[] blows = fault >= OUTER_RACE ? blows(fault, shaft, phases[0], random) : new double[TIME];
        double[][] motion = new double[3][TIME];
        for (int t = 0; t < TIME; t++) {
            double angle = TURN * shaft * t / RATE + phases[0];
            double[] at = fault >= OUTER_RACE
                    ? new double[] {1.5 * severity * blows[t], 0.8 * severity * blows[t], 0.4 * severity * blows[t]}
                    : shaftMotion(fault, severity, angle, phases);
            double hum = machine.hum() * Math.sin(TURN * MAINS_HERTZ * t / RATE + phases[9]);
            motion[0][t] = at[0] + machine.residual() * (Math.cos(angle) + 0.5 * Math.cos(2 * angle + phases[1])) + hum;
            motion[1][t] = at[1] + machine.residual() * Math.sin(angle) + hum;
            motion[2][t] = at[2] + 0.5 * machine.residual() * Math.cos(angle + phases[2]) + hum;
        }
        return measured(motion, random);
    }

    /** What follows the shaft: radial, radial a quarter turn on, axial. */
    private static double[] shaftMotion(int fault, double severity, double angle, double[] phases) {
        double[] at = new double[3];
        for (int channel = 0; channel < 2; channel++) {
            double turned = angle - channel * Math.PI / 2;
            at[channel] = severity
                    * switch (fault) {
                        case 1 -> Math.cos(turned);
                        case 2 -> 0.5 * Math.cos(turned) + Math.cos(2 * turned + phases[3]);
                        case 3 -> halfHarmonics(turned, phases);
                        case RUB -> Math.min(Math.cos(turned), 0.2) + 0.4 * Math.cos(turned / 2 + phases[4]);
                        default -> 0;
                    };
        }
        at[2] = fault == 2 ? severity * (0.4 * Math.cos(angle) + 0.8 * Math.cos(2 * angle + phases[3])) : 0;
        return at;
    }

    private static double halfHarmonics(double angle, double[] phases) {
        double sum = 0;
        for (int k = 1; k <= 8; k++) {
            sum += Math.cos(k * angle / 2 + phases[k]) / k;
        }
        return sum;
    }

    /** The housing's answer to blows, largest about 1. */
    private double[] blows(int fault, double shaft, double phase, SplittableRandom random) {
        double rate = (fault == OUTER_RACE ? 3.58 : fault == INNER_RACE ? 5.42 : 4.72) * shaft;
        double load = fault == OUTER_RACE ? 0 : fault == INNER_RACE ? 1 : 0.4;
        double[] answer = new double[TIME];
        double ring = TURN * machine.resonanceHertz();
        double fades = 1 / (machine.damping() * ring);
        double at = -6 * fades - random.nextDouble() / rate;
        while (at < TIME / RATE) {
            double loudness = load == 0 ? 1 : (1 + Math.cos(load * (TURN * shaft * at + phase))) / 2;
            for (int t = (int) Math.max(0, Math.ceil(at * RATE)); t < TIME && t / RATE - at < 6 * fades; t++) {
                double since = t / RATE - at;
                answer[t] += loudness * Math.exp(-since / fades) * Math.sin(ring * since);
            }
            at += (1 + 0.01 * random.nextGaussian()) / rate;
        }
        return answer;
    }

    private float[] measured(double[][] motion, SplittableRandom random) {
        double cosine = Math.cos(machine.mountingRadians());
        double sine = Math.sin(machine.mountingRadians());
        float[] window = new float[3 * TIME];
        for (int t = 0; t < TIME; t++) {
            double first = cosine * motion[0][t] - sine * motion[1][t];
            double second = sine * motion[0][t] + cosine * motion[1][t];
            window[t] = (float) (first + machine.noise() * random.nextGaussian());
            window[TIME + t] = (float) (second + machine.noise() * random.nextGaussian());
            window[2 * TIME + t] = (float) (motion[2][t] + machine.noise() * random.nextGaussian());
        }
        return window;
    }
}
