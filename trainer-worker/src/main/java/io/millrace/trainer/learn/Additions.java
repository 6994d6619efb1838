package io.millrace.trainer.learn;

/**
 * What can be added to any method.
 *
 * @param alignment what distribution alignment decides, before the gate
 * @param alignmentPrior what alignments pull towards, those that methods have by themselves included
 * @param temporalAgreement pseudo-labels must agree with those of the frames just before
 * @param entropyWeight weight of the entropy of the student's answers; 0 for none
 * @param labelNoiseWeight weight of early-learning regularisation against wrong labels; 0 for none
 * @param curriculumFloor least share of the full strength of strong views, as long as little is known; 1 for always full
 * @param rules what keeps samples out behind the method's gate
 */
public record Additions(
        AlignmentUse alignment,
        AlignmentPrior alignmentPrior,
        boolean temporalAgreement,
        float entropyWeight,
        float labelNoiseWeight,
        double curriculumFloor,
        GateRules rules) {
    public Additions {
        if (!(entropyWeight >= 0 && entropyWeight <= 1000) || !(labelNoiseWeight >= 0 && labelNoiseWeight <= 1000)) {
            throw new IllegalArgumentException(
                    "expected weights of 0 to 1000, got " + entropyWeight + " and " + labelNoiseWeight);
        }
        if (!(curriculumFloor >= 0 && curriculumFloor <= 1)) {
            throw new IllegalArgumentException("expected a curriculum floor of 0 to 1, got " + curriculumFloor);
        }
    }
}
