package io.millrace.trainer.promote;

import io.millrace.trainer.evaluate.Evaluation;
import io.millrace.trainer.promote.Decision.Cause;
import java.util.BitSet;
import java.util.Locale;
import java.util.Optional;

/**
 * Decides whether a challenger replaces the champion, on the same holdout, sample by sample.
 *
 * <p><b>Rule.</b> Let b be the samples that only the champion gets right, c those that only the challenger gets right,
 * n the holdout. The challenger is promoted unless one of these speaks against it:
 *
 * <ol>
 *   <li>there is no holdout label yet;
 *   <li>its accuracy is below {@link PromotionBounds#leastAccuracy}, whatever the champion's is;
 *   <li>it is significantly worse: P(X &ge; b) &lt; {@value #SIGNIFICANCE} for X ~ Binomial(b + c, 1/2), the exact
 *       one-sided sign test on the pairs that disagree (McNemar 1947);
 *   <li>n &ge; {@value #ENOUGH_FOR_MARGIN} and the one-sided 95 % lower bound of (c - b) / n lies under
 *       -{@value #MARGIN}: with that many labels "not shown to be worse" is no longer enough;
 *   <li>some class with at least {@value #ENOUGH_FOR_CLASS} labels loses more than {@value #RECALL_DROP} recall;
 *   <li>n &ge; {@value #ENOUGH_FOR_CALIBRATION} and the expected calibration error grows by more than
 *       {@value #CALIBRATION_DROP};
 *   <li>n &ge; {@value #ENOUGH_FOR_CALIBRATION_BOUND} and the error is above
 *       {@link PromotionBounds#mostCalibrationError}, while the champion's is smaller than the challenger's. With fewer
 *       labels a perfectly calibrated model may be above .05 by chance: with k bins in use the error that is measured is
 *       about .32 sqrt(k / n) at 80 % accuracy, .07 for n = 200 and k = 10, .03 for n = 1,000.
 * </ol>
 *
 * <p><b>Which labels.</b> Frames are held out by a hash of their id, and only labels of frames that nobody chose count:
 * labels asked for because the model was unsure would say how it does on hard frames. The holdout is the newest labels up
 * to its capacity, each counting the same. It is not weighted by age beyond that: the sign test is exact for equal weights
 * only, and at one label in a hundred frames weights would leave a handful.
 *
 * <p><b>Power.</b> With n labels of which a share d disagree, a true loss of about 2.49 sqrt(d / n) is noticed four
 * times in five ({@link #detectableLoss}): 18 points with 20 labels and d = 0.1, 3.5 with 500, 1.8 with 2,000. So with 20
 * labels the rule stops a broken model and nothing finer, and says so in every reason it gives.
 *
 * <p><b>Repeated looks.</b> The same holdout is looked at again and again, so among many challengers that are truly equal
 * about one in twenty is kept out by chance, which costs one interval; none that is significantly worse on these labels is
 * promoted, but the more challengers are tried on the same labels, the more often one that is worse in truth is among
 * those that happen to do well on them. No correction is made for it: new labels come in and old ones leave, a challenger
 * that waits for a fresh slice of labels would wait for thousands of frames, and a mistake lasts until the next challenge.
 * What the rule does not prevent is a slow descent: with few labels, each of many promotions may lose what is too little
 * to notice; {@link PromotionBounds#leastAccuracy} is the stop to that.
 */
public final class PromotionPolicy {
    private static final double SIGNIFICANCE = 0.05;
    private static final int ENOUGH_FOR_MARGIN = 500;
    private static final double MARGIN = 0.01;
    private static final double NORMAL_95 = 1.645;
    private static final double NORMAL_80 = 0.842;
    private static final int ENOUGH_FOR_CLASS = 30;
    private static final double RECALL_DROP = 0.05;
    private static final int ENOUGH_FOR_CALIBRATION = 200;
    private static final double CALIBRATION_DROP = 0.02;
    private static final int ENOUGH_FOR_CALIBRATION_BOUND = 1_000;

    private final PromotionBounds bounds;

    /** @param bounds what is asked whatever the champion does */
    public PromotionPolicy(PromotionBounds bounds) {
        this.bounds = bounds;
    }

    /**
     * Decides.
     *
     * @param champion how the champion did on the holdout
     * @param challenger how the challenger did on the same holdout
     */
    public Decision decide(Evaluation champion, Evaluation challenger) {
        int labels = challenger.samples();
        if (champion.samples() != labels) {
            throw new IllegalArgumentException(
                    "expected the same holdout, got " + champion.samples() + " and " + labels + " samples");
        }
        if (labels == 0) {
            return new Decision.Keep(Cause.NO_HOLDOUT, "no holdout label yet");
        }
        int lost = onlyIn(champion.correct(), challenger.correct());
        int won = onlyIn(challenger.correct(), champion.correct());
        String numbers = numbers(champion, challenger, won, lost);
        if (challenger.accuracy() < bounds.leastAccuracy()) {
            return new Decision.Keep(Cause.ACCURACY_FLOOR, "below " + bounds.leastAccuracy() + ": " + numbers);
        }
        if (atLeast(lost, won + lost) < SIGNIFICANCE) {
            return new Decision.Keep(Cause.SIGNIFICANTLY_WORSE, "significantly worse: " + numbers);
        }
        if (labels >= ENOUGH_FOR_MARGIN && lowerBound(won, lost, labels) < -MARGIN) {
            return new Decision.Keep(Cause.MARGIN, "not shown to be within " + MARGIN + ": " + numbers);
        }
        int weaker = weakerClass(champion, challenger);
        if (weaker >= 0) {
            return new Decision.Keep(Cause.CLASS_RECALL, "recall of class " + weaker + " drops: " + numbers);
        }
        return calibration(champion, challenger, numbers)
                .orElse(new Decision.Promote(Cause.NOT_WORSE, "not worse: " + numbers));
    }

    private Optional<Decision> calibration(Evaluation champion, Evaluation challenger, String numbers) {
        int labels = challenger.samples();
        double before = champion.calibrationError();
        double after = challenger.calibrationError();
        if (labels >= ENOUGH_FOR_CALIBRATION && after > before + CALIBRATION_DROP) {
            String change = String.format(Locale.ROOT, "grows from %.3f to %.3f", before, after);
            return Optional.of(new Decision.Keep(Cause.CALIBRATION, "calibration error " + change + ": " + numbers));
        }
        if (labels >= ENOUGH_FOR_CALIBRATION_BOUND && after > bounds.mostCalibrationError() && before < after) {
            String found = String.format(Locale.ROOT, "%.3f is above %s", after, bounds.mostCalibrationError());
            return Optional.of(
                    new Decision.Keep(Cause.CALIBRATION_BOUND, "calibration error " + found + ": " + numbers));
        }
        return Optional.empty();
    }

    private static String numbers(Evaluation champion, Evaluation challenger, int won, int lost) {
        return String.format(
                Locale.ROOT,
                "%.3f against %.3f on %d holdout labels (won %d, lost %d; notices a loss of %.3f four times in five)",
                challenger.accuracy(),
                champion.accuracy(),
                challenger.samples(),
                won,
                lost,
                detectableLoss(challenger.samples(), won + lost));
    }

    /**
     * The true loss of accuracy that the sign test notices with probability 0.8, by the normal approximation.
     *
     * @param labels size of the holdout
     * @param disagreements samples on which the two models differ; at least one is assumed
     */
    static double detectableLoss(int labels, int disagreements) {
        double share = Math.max(disagreements, 1) / (double) labels;
        return Math.min(1, (NORMAL_95 + NORMAL_80) * Math.sqrt(share / labels));
    }

    /** P(X >= k) for X ~ Binomial(n, 1/2). */
    static double atLeast(int k, int n) {
        double probability = 0;
        double logChoose = 0;
        for (int i = 0; i <= n; i++) {
            if (i > 0) {
                logChoose += Math.log(n - i + 1.0) - Math.log(i);
            }
            if (i >= k) {
                probability += Math.exp(logChoose - n * Math.log(2));
            }
        }
        return Math.min(1, probability);
    }

    private static double lowerBound(int won, int lost, int labels) {
        double difference = (won - lost) / (double) labels;
        double variance = (won + lost) / (double) labels - difference * difference;
        return difference - NORMAL_95 * Math.sqrt(variance / labels);
    }

    private static int weakerClass(Evaluation champion, Evaluation challenger) {
        for (int c = 0; c < challenger.recalls().size(); c++) {
            if (challenger.samplesByClass().get(c) >= ENOUGH_FOR_CLASS
                    && challenger.recalls().get(c) < champion.recalls().get(c) - RECALL_DROP) {
                return c;
            }
        }
        return -1;
    }

    private static int onlyIn(BitSet one, BitSet other) {
        BitSet only = (BitSet) one.clone();
        only.andNot(other);
        return only.cardinality();
    }
}
