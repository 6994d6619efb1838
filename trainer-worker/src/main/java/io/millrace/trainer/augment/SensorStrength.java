package io.millrace.trainer.augment;

/**
 * How far views of sensor windows go (transforms of Um et al. 2017, "Data augmentation of wearable sensor data").
 *
 * @param weakShift the weak view moves in time by at most this share of the window
 * @param shift the strong view moves in time by at most this share of the window
 * @param weakJitter deviation of the weak view's noise, in standard deviations of the channel
 * @param jitter the same for the strong view
 * @param scale each channel of the strong view is scaled by at most this share
 * @param mask longest stretch that the strong view replaces by the channel's mean, as a share of the window
 */
public record SensorStrength(
        double weakShift, double shift, double weakJitter, double jitter, double scale, double mask) {
    public SensorStrength {
        Shares.check("weak shift", weakShift, 0.5);
        Shares.check("shift", shift, 0.5);
        Shares.check("weak jitter", weakJitter, 10);
        Shares.check("jitter", jitter, 10);
        Shares.check("scale", scale, 1);
        Shares.check("mask", mask, 1);
    }

    /** Strong views that go only so far; weak ones stay. @param share 0..1 */
    public SensorStrength scaled(double share) {
        return new SensorStrength(weakShift, share * shift, weakJitter, share * jitter, share * scale, share * mask);
    }
}
