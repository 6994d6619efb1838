package io.millrace.trainer.promote;

/**
 * What a challenger must reach whatever the champion does.
 *
 * @param leastAccuracy accuracy on the holdout, 0..1; 0 asks for nothing
 * @param mostCalibrationError expected calibration error on the holdout, 0..1, unless the champion's is no smaller
 */
public record PromotionBounds(double leastAccuracy, double mostCalibrationError) {
    public PromotionBounds {
        if (!(leastAccuracy >= 0 && leastAccuracy <= 1 && mostCalibrationError >= 0 && mostCalibrationError <= 1)) {
            throw new IllegalArgumentException(
                    "expected bounds of 0 to 1, got " + leastAccuracy + " and " + mostCalibrationError);
        }
    }
}
