package io.millrace.trainer.learn;

/**
 * What the gate asks for.
 *
 * @param confidenceThreshold FixMatch: least probability of the teacher's class
 * @param relativeThreshold AdaMatch: the same as a share of the teacher's mean confidence on labeled samples
 * @param thresholdFloor AdaMatch: the threshold never falls below
 * @param thresholdCeiling AdaMatch: the threshold never rises above
 * @param halfLifeSteps AdaMatch: half-life of its running means
 */
public record GateSettings(
        float confidenceThreshold,
        float relativeThreshold,
        float thresholdFloor,
        float thresholdCeiling,
        double halfLifeSteps) {
    public GateSettings {
        share("confidence threshold", confidenceThreshold);
        share("relative threshold", relativeThreshold);
        share("threshold floor", thresholdFloor);
        share("threshold ceiling", thresholdCeiling);
        if (!(thresholdFloor <= thresholdCeiling) || !(halfLifeSteps > 0 && halfLifeSteps < 1e9)) {
            throw new IllegalArgumentException("expected floor <= ceiling and a positive half-life, got "
                    + thresholdFloor + ", " + thresholdCeiling + ", " + halfLifeSteps);
        }
    }

    private static void share(String what, float value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException("expected a " + what + " of 0 to 1, got " + value);
        }
    }
}
