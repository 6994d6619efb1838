package io.millrace.trainer.safety;

import io.millrace.runtime.Settings;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigException;

/**
 * When drift and collapse are noticed, and what follows.
 *
 * @param drift how drift is noticed and answered
 * @param collapse how a collapse is noticed and answered
 */
public record SafetySettings(Drift drift, Collapse collapse) {
    private static final String ERROR_DELTA = "trainer.drift.error.delta";
    private static final String DISAGREEMENT_DELTA = "trainer.drift.disagreement.delta";
    private static final String UNCERTAINTY_DELTA = "trainer.drift.uncertainty.delta";
    private static final String RESPONSE = "trainer.drift.response.steps";
    private static final String DOUBT = "trainer.drift.doubt.labels";
    private static final String RISE = "trainer.drift.threshold.rise";
    private static final String HALF_LIFE = "trainer.drift.teacher.half.life.steps";
    private static final String REQUESTS = "trainer.drift.label.budget.factor";
    private static final String COLLAPSE = "trainer.collapse.steps";
    private static final String PAUSE = "trainer.collapse.pause.steps";
    private static final String RESTORES = "trainer.collapse.restores";
    private static final String WITHIN = "trainer.collapse.restores.within.steps";
    private static final int MOST_STEPS = 1_000_000_000;

    /**
     * Drift.
     *
     * @param errorDelta of the windows of mistakes on fresh labels: on all, and on those of whose frames the teacher is
     *     sure, by the floor of the gate's threshold; 0 turns both off
     * @param disagreementDelta of the window of disagreements on fresh frames; 0 turns it off
     * @param uncertaintyDelta of the window of fresh frames that the teacher is not sure of; 0 turns it off
     * @param responseSteps steps for which drift is answered
     * @param doubtLabels so many fresh labels decide when pseudo-labels count again after drift; 0: they go on
     * @param thresholdRise added to the least confidence of a pseudo-label meanwhile
     * @param teacherHalfLifeSteps half-life of the teacher after drift, until a look back over a tenth of the steps since
     *     then is longer
     * @param labelBudgetFactor how many times the usual number of labels may be asked for meanwhile
     */
    public record Drift(
            double errorDelta,
            double disagreementDelta,
            double uncertaintyDelta,
            int responseSteps,
            int doubtLabels,
            double thresholdRise,
            double teacherHalfLifeSteps,
            double labelBudgetFactor) {}

    /**
     * Collapse.
     *
     * @param steps how many concentrated steps in a row are a collapse; 0 turns it off
     * @param pauseSteps steps without pseudo-labels after a restore
     * @param restores so many restores within {@code withinSteps} leave the labels alone to learn from
     */
    public record Collapse(int steps, int pauseSteps, int restores, int withinSteps) {}

    /** Declares the keys in the definition of their process. */
    public static ConfigDef declareIn(ConfigDef to) {
        number(
                to,
                ERROR_DELTA,
                0.002,
                new Within(0, 0.5),
                "Drift by mistakes on fresh labels, on all or above the gate's floor: delta of ADWIN; 0: off.");
        String disagreement = "Drift by teacher and student disagreeing on fresh frames: the same; 0: off.";
        number(to, DISAGREEMENT_DELTA, 1e-5, new Within(0, 0.5), disagreement);
        String uncertainty = "Drift by the teacher being below the gate's floor on fresh frames: the same; 0: off.";
        number(to, UNCERTAINTY_DELTA, 1e-5, new Within(0, 0.5), uncertainty);
        count(to, RESPONSE, 500, 0, "Steps for which the learner is careful after drift; 0 only tells of it.");
        String doubt =
                "After drift: pseudo-labels wait until so many fresh labels are answered as before, at most ten responses; 0: no wait.";
        count(to, DOUBT, 40, 0, doubt);
        number(to, RISE, 0.05, new Within(0, 0.5), "After drift: added to the floor of the gate's threshold.");
        String halfLife =
                "After drift: half-life of the teacher average, in steps, until a look back over a tenth of them is longer.";
        number(to, HALF_LIFE, 69, new Within(0.01, MOST_STEPS), halfLife);
        number(
                to,
                REQUESTS,
                2,
                new Within(1, 100),
                "After drift: how many times the usual number of labels may be asked for.");
        String collapse = "Steps in a row whose predictions are concentrated that make a collapse; 0: off.";
        count(to, COLLAPSE, 20, 0, collapse);
        count(to, PAUSE, 200, 0, "Steps without pseudo-labels after a collapse.");
        String restores = "So many restores leave only labels to learn from, until a restart with other settings.";
        count(to, RESTORES, 3, 1, restores);
        return count(to, WITHIN, 5_000, 1, "Steps within which restores are counted together.");
    }

    /** Reads the keys. */
    public static SafetySettings from(Settings settings) {
        return new SafetySettings(
                new Drift(
                        settings.get(ERROR_DELTA),
                        settings.get(DISAGREEMENT_DELTA),
                        settings.get(UNCERTAINTY_DELTA),
                        settings.get(RESPONSE),
                        settings.get(DOUBT),
                        settings.get(RISE),
                        settings.get(HALF_LIFE),
                        settings.get(REQUESTS)),
                new Collapse(
                        settings.get(COLLAPSE), settings.get(PAUSE), settings.get(RESTORES), settings.get(WITHIN)));
    }

    private static void number(ConfigDef to, String key, double usual, Within range, String sentence) {
        to.define(key, Type.DOUBLE, usual, range, Importance.MEDIUM, sentence);
    }

    private static ConfigDef count(ConfigDef to, String key, int usual, int least, String sentence) {
        return to.define(key, Type.INT, usual, new Within(least, MOST_STEPS), Importance.MEDIUM, sentence);
    }

    /** Numbers of a range; NaN is in none. */
    private record Within(double least, double most) implements ConfigDef.Validator {
        @Override
        public void ensureValid(String name, Object value) {
            double number = ((Number) value).doubleValue();
            if (!(number >= least && number <= most)) {
                throw new ConfigException(name, value, "expected " + this);
            }
        }

        @Override
        public String toString() {
            return plain(least) + " to " + plain(most);
        }

        private static String plain(double number) {
            return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
        }
    }
}
