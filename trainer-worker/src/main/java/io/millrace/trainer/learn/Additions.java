package io.millrace.trainer.learn;

/**
 * What can be added to any method.
 *
 * @param alignment what uniform distribution alignment decides, before the gate
 * @param temporalAgreement pseudo-labels must agree with those of the frames just before
 * @param entropyWeight weight of the entropy of the student's answers; 0 for none
 * @param labelNoiseWeight weight of early-learning regularisation against wrong labels; 0 for none
 */
public record Additions(
        AlignmentUse alignment, boolean temporalAgreement, float entropyWeight, float labelNoiseWeight) {
    /** Nothing. */
    static final Additions NONE = new Additions(AlignmentUse.NONE, false, 0, 0);

    public Additions {
        if (!(entropyWeight >= 0 && entropyWeight <= 1000) || !(labelNoiseWeight >= 0 && labelNoiseWeight <= 1000)) {
            throw new IllegalArgumentException(
                    "expected weights of 0 to 1000, got " + entropyWeight + " and " + labelNoiseWeight);
        }
    }
}
