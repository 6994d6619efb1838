package io.millrace.trainer.augment;

/**
 * How far views of images go. Shares are of an image's side.
 *
 * @param flip mirror left and right, half of the time, in both views
 * @param weakShift the weak view moves by whole pixels, at most this share
 * @param shift the strong view moves by at most this share
 * @param rotationDegrees turns by at most this angle
 * @param shear leans by at most this factor
 * @param zoom grows or shrinks by at most this share
 * @param brightness adds at most this much to values in 0..1
 * @param contrast stretches around the image's mean by at most this share
 * @param cutout side of the largest grey square that hides a part, as a share (DeVries and Taylor 2017)
 */
public record ImageStrength(
        boolean flip,
        double weakShift,
        double shift,
        double rotationDegrees,
        double shear,
        double zoom,
        double brightness,
        double contrast,
        double cutout) {
    public ImageStrength {
        Shares.check("weak shift", weakShift, 0.5);
        Shares.check("shift", shift, 0.5);
        Shares.check("rotation", rotationDegrees, 180);
        Shares.check("shear", shear, 1);
        Shares.check("zoom", zoom, 0.9);
        Shares.check("brightness", brightness, 1);
        Shares.check("contrast", contrast, 1);
        Shares.check("cutout", cutout, 1);
    }

    /** Strong views that go only so far; weak ones stay. @param share 0..1 */
    public ImageStrength scaled(double share) {
        return new ImageStrength(
                flip,
                weakShift,
                share * shift,
                share * rotationDegrees,
                share * shear,
                share * zoom,
                share * brightness,
                share * contrast,
                share * cutout);
    }
}
