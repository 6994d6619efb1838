package io.millrace.trainer.augment;

import io.millrace.schemas.SampleShape;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Views of sensor windows {@code [channels, time]}.
 *
 * <pre>
 *   weak    shift in time, a little noise
 *   strong  shift in time, scale each channel, noise, mask a stretch of each channel
 * </pre>
 *
 * <p>A shift repeats the first or last value. Noise is measured in the channel's own standard deviation, so one setting
 * serves volts and millimetres; a constant channel stays constant.
 */
public final class SensorAugmentation implements Augmentation {
    private final SensorStrength strength;
    private final int channels;
    private final int time;

    /** @param shape {@code [channels, time]} */
    public SensorAugmentation(SampleShape shape, SensorStrength strength) {
        if (shape.isImage()) {
            throw new IllegalArgumentException("expected [channels, time], got " + shape);
        }
        this.strength = strength;
        this.channels = shape.channels();
        this.time = shape.dimensions().get(1);
    }

    @Override
    public void weak(float[] sample, SplittableRandom random, float[] batch, int offset) {
        int later = Shares.symmetric(random, (int) (strength.weakShift() * time));
        for (int c = 0; c < channels; c++) {
            Channel channel = Channel.of(sample, c * time, time);
            copy(sample, new Placement(c * time, offset + c * time, later, 1), batch);
            addNoise(random, channel.deviation() * strength.weakJitter(), batch, offset + c * time);
        }
    }

    @Override
    public void strong(float[] sample, SplittableRandom random, float[] batch, int offset) {
        int later = Shares.symmetric(random, (int) (strength.shift() * time));
        for (int c = 0; c < channels; c++) {
            Channel channel = Channel.of(sample, c * time, time);
            float gain = (float) (1 + Shares.symmetric(random, strength.scale()));
            copy(sample, new Placement(c * time, offset + c * time, later, gain), batch);
            addNoise(random, channel.deviation() * strength.jitter(), batch, offset + c * time);
            mask(random, (float) channel.mean(), batch, offset + c * time);
        }
    }

    private record Placement(int from, int to, int later, float gain) {}

    private void copy(float[] sample, Placement at, float[] batch) {
        for (int t = 0; t < time; t++) {
            int from = Math.max(0, Math.min(time - 1, t - at.later()));
            batch[at.to() + t] = sample[at.from() + from] * at.gain();
        }
    }

    private void addNoise(SplittableRandom random, double deviation, float[] batch, int start) {
        for (int t = 0; t < time; t++) {
            batch[start + t] += (float) (deviation * random.nextGaussian());
        }
    }

    private void mask(SplittableRandom random, float value, float[] batch, int start) {
        int length = (int) Math.round(random.nextDouble() * strength.mask() * time);
        int first = random.nextInt(time - length + 1);
        Arrays.fill(batch, start + first, start + first + length, value);
    }
}
