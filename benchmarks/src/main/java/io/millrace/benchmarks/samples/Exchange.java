package io.millrace.benchmarks.samples;

import io.millrace.trainer.batch.Sample;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/**
 * What windows look like once each source has another sensor: {@code gain value + offset}, with a gain for each channel of
 * each source, {@code exp(0.7 n)}, and an offset, {@code 0.5 n}, {@code n} a standard normal number.
 *
 * @param channels of a window
 * @param seed decides gains and offsets
 */
public record Exchange(int channels, long seed) implements UnaryOperator<Sample> {
    private static final double GAIN = 0.7;
    private static final double OFFSET = 0.5;

    @Override
    public Sample apply(Sample before) {
        SplittableRandom random = new SplittableRandom(31 * seed + Objects.hashCode(before.sourceId()));
        float[] values = before.values().clone();
        int time = values.length / channels;
        for (int channel = 0; channel < channels; channel++) {
            float gain = (float) Math.exp(GAIN * random.nextGaussian());
            float offset = (float) (OFFSET * random.nextGaussian());
            for (int t = channel * time; t < (channel + 1) * time; t++) {
                values[t] = gain * values[t] + offset;
            }
        }
        return new Sample(before.frameId(), before.sourceId(), values, before.label());
    }
}
