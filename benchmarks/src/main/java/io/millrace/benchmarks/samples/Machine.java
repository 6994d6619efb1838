package io.millrace.benchmarks.samples;

import java.util.SplittableRandom;

/**
 * One rotating machine with an accelerometer on its bearing, as far as it differs from others of its kind.
 *
 * @param shaftHertz turns of the shaft a second at rated load, 42 to 50
 * @param resonanceHertz natural frequency of the housing that a blow excites, 300 to 400
 * @param damping of that resonance, 0.04 to 0.10
 * @param mountingRadians by how much the sensor is turned around the shaft
 * @param residual amplitudes at once and twice the shaft's frequency that the machine has when nothing is wrong
 * @param hum amplitude of what comes in at the frequency of the mains
 * @param noise standard deviation of the sensor's noise
 */
record Machine(
        double shaftHertz,
        double resonanceHertz,
        double damping,
        double mountingRadians,
        double residual,
        double hum,
        double noise) {

    /** A machine out of the factory. */
    static Machine draw(SplittableRandom random) {
        return new Machine(
                42 + 8 * random.nextDouble(),
                300 + 100 * random.nextDouble(),
                0.04 + 0.06 * random.nextDouble(),
                Math.PI * (random.nextDouble() - 0.5),
                0.2 + 0.3 * random.nextDouble(),
                0.3 * random.nextDouble(),
                0.25 + 0.15 * random.nextDouble());
    }
}
