package io.millrace.trainer.request;

import io.millrace.record.RequestReason;
import io.millrace.trainer.learn.Outlook;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which frames of a window are worth a label most.
 *
 * <pre>
 *   score      = uncertainty x min(1, novelty / near) x min(1, diversity / near)             0..1
 *   uncertainty  one minus the lead of the first class over the second (Scheffer et al. 2001, "Active hidden Markov
 *                models for information extraction": margin)
 *   novelty      distance to the nearest labeled sample
 *   diversity    distance to the nearest frame that is asked for and has no label yet
 *   near         half of the mean novelty of the window, at least {@value #LEAST_NEAR}
 * </pre>
 *
 * <p>Frames are taken one after the other, the best first, and each that is taken lowers the diversity of those like it.
 * So what looks like a frame that is labeled or asked for is not asked for again, however uncertain; among the others
 * uncertainty decides, because asking for the strangest taught less (ADR 18). Distances are those of the
 * {@link Directions} of the teacher's features.
 */
final class RequestSelector {
    /** Distance of two directions below which one is a copy of the other. */
    private static final double LEAST_NEAR = 1e-3;

    private RequestSelector() {}

    /**
     * A frame worth asking for.
     *
     * @param index of the frame in the window
     * @param score 0..1
     * @param reason NOVEL when its novelty stands out among the window more than its uncertainty, else UNCERTAIN
     */
    record Choice(int index, float score, RequestReason reason) {}

    /**
     * Chooses.
     *
     * @param count how many, at most
     * @param window what the teacher makes of the frames to choose from
     * @param labeled features of labeled samples, {@code [L][dimensions]}
     * @param open features of frames that were asked for before, {@code [M][dimensions]}
     * @return the choices, the best first; no frame of score 0 is among them
     */
    static List<Choice> choose(int count, Outlook window, float[][] labeled, float[][] open) {
        int size = window.probabilities().length;
        if (size == 0) {
            return List.of();
        }
        double[][] frames = Directions.of(window.features());
        double[] uncertainty = Arrays.stream(window.probabilities())
                .mapToDouble(RequestSelector::uncertainty)
                .toArray();
        double[] novelty = nearest(frames, Directions.of(labeled));
        double[] diversity = nearest(frames, Directions.of(open));
        double usualUncertainty = mean(uncertainty);
        double usualNovelty = mean(novelty);
        double near = Math.max(usualNovelty / 2, LEAST_NEAR);
        List<Choice> chosen = new ArrayList<>();
        while (chosen.size() < count) {
            int best = -1;
            double highest = 0;
            for (int i = 0; i < size; i++) {
                double score = uncertainty[i] * apart(novelty[i], near) * apart(diversity[i], near);
                if (score > highest) {
                    best = i;
                    highest = score;
                }
            }
            if (best < 0) {
                break;
            }
            boolean novel = novelty[best] * usualUncertainty > uncertainty[best] * usualNovelty;
            RequestReason reason = novel ? RequestReason.NOVEL : RequestReason.UNCERTAIN;
            chosen.add(new Choice(best, (float) highest, reason));
            for (int i = 0; i < size; i++) { // its own becomes 0: it is not taken again
                diversity[i] = Math.min(diversity[i], i == best ? 0 : Directions.distance(frames[i], frames[best]));
            }
        }
        return chosen;
    }

    /** One minus the lead of the first class over the second. */
    static double uncertainty(float[] probabilities) {
        float first = 0;
        float second = 0;
        for (float probability : probabilities) {
            if (probability > first) {
                second = first;
                first = probability;
            } else if (probability > second) {
                second = probability;
            }
        }
        return 1 - (first - second);
    }

    /** 1 for what lies further than what is near. */
    private static double apart(double distance, double near) {
        return distance > near ? 1 : distance / near;
    }

    private static double[] nearest(double[][] frames, double[][] others) {
        return Arrays.stream(frames)
                .mapToDouble(frame -> Directions.nearest(frame, others))
                .toArray();
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElse(0);
    }
}
