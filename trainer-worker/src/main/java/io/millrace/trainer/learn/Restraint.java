package io.millrace.trainer.learn;

/**
 * What is asked of a step when the learning is being watched: less weight for pseudo-labels, more confidence, a teacher
 * that follows faster.
 *
 * @param unlabeledShare what the unlabeled loss counts, as a share of its usual weight, 0..1; at 0 nobody predicts and the
 *     step learns from labels alone
 * @param leastConfidence least probability, 0..1, that the predictor itself must give a pseudo-label's class, on top of
 *     what the gate asks for; 0 asks for nothing more
 * @param teacherHalfLifeSteps most that the half-life of the teacher average may be, in steps
 */
public record Restraint(float unlabeledShare, float leastConfidence, double teacherHalfLifeSteps) {
    /** Steps as the settings have them. */
    public static final Restraint NONE = new Restraint(1, 0, Double.MAX_VALUE);

    public Restraint {
        if (!(unlabeledShare >= 0 && unlabeledShare <= 1 && leastConfidence >= 0 && leastConfidence <= 1)
                || !(teacherHalfLifeSteps > 0)) {
            throw new IllegalArgumentException("expected shares of 0 to 1 and a positive half-life, got "
                    + unlabeledShare + ", " + leastConfidence + ", " + teacherHalfLifeSteps);
        }
    }
}
