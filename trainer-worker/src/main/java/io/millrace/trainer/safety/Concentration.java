package io.millrace.trainer.safety;

/**
 * Tells a model that answers nearly always the same from a stream that shows nearly always the same. With H(m) the entropy
 * of the mean of a batch's predictions (what ASR, adaptive and selective reset for test-time adaptation, looks at, with
 * ln(C/2) to begin with) and H(q) that of the newest labels, in nats, a batch is concentrated when
 *
 * <pre>
 *   H(m) &lt; min(H(q) / 3, H(q) - 0.5)
 * </pre>
 *
 * <p>For H(q) of three or more equal classes that implies H(m) &lt; ln(C/2), and for two, where ln(C/2) is 0, it is still
 * a test. A third leaves alone a stream that has gone from some classes to as many others while the newest labels are of
 * both: H(q) is then twice H(m) at most from two classes on. Where the labels themselves are of hardly more than one
 * class, nothing can be told.
 */
final class Concentration {
    private static final double SHARE = 1 / 3.0;
    private static final double MARGIN = 0.5;

    private Concentration() {}

    /** Entropy below which the mean prediction is concentrated, in nats; none is below a limit of 0 or less. */
    static double limit(double[] prior) {
        double ofLabels = entropy(prior);
        return Math.min(ofLabels * SHARE, ofLabels - MARGIN);
    }

    /** Entropy of a distribution, in nats. */
    static double entropy(double[] distribution) {
        double entropy = 0;
        for (double share : distribution) {
            entropy -= share > 0 ? share * Math.log(share) : 0;
        }
        return entropy;
    }
}
