package io.millrace.trainer.safety;

import io.millrace.trainer.batch.TrainingBatch;
import io.millrace.trainer.learn.LearnSettings;
import io.millrace.trainer.learn.NonFiniteStepException;
import io.millrace.trainer.learn.Restraint;
import io.millrace.trainer.learn.StepResult;
import io.millrace.trainer.model.Tensor;
import io.millrace.trainer.safety.SafetyDecision.Cause;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * Watches a learner step by step, says what is wrong, and how the next steps are to be taken.
 *
 * <pre>
 *   fresh label, before it is learned -&gt; scored    -&gt; mistakes, sure ones more frequent? Drift
 *   fresh frames, before the step     -&gt; compared  -&gt; disagreement, uncertainty?        Drift
 *   a step                            -&gt; stepped   -&gt; predictions concentrated?      Collapse; classes out of balance? Skew
 *   a step that was not finite        -&gt; refused   -&gt; too many in a row?             Collapse
 *   next step                         &lt;- restraint
 * </pre>
 *
 * <p>After drift the learner is careful for a while, and while there is {@link Doubt} it learns from labels alone. After a
 * collapse it is to be set back to what was promoted last and learns from labels alone for a while, then pseudo-labels ramp
 * up as they did at the start; after several collapses it goes on with labels alone. Steps are what counts, never the clock,
 * and everything is in {@link #state}: a restored watchdog decides as the unbroken one.
 *
 * <p>Not thread-safe.
 */
public final class Watchdog {
    /** So many refused steps in a row break the learner. */
    static final int MOST_REFUSED = 10;

    private static final int LABELS_OF_PRIOR = 50;
    private static final int LEAST_LABELS = 20;
    private static final int MOST_LABELS = 200;

    /** Doubt ends after so many times the steps for which drift is answered. */
    private static final int MOST_RESPONSES = 10;

    private static final long NEVER = -1;

    private final SafetySettings settings;
    private final LearnSettings learn;
    private final DriftDetector drift;
    private final Doubt doubt;
    private final PseudoLabelSkew skew;
    private final NewestLabels labels;
    private final List<Long> restoredAt = new ArrayList<>();
    private List<Tensor> promoted;
    private long carefulUntil;
    /** Step at which the last drift was told that is answered. */
    private long driftAt = NEVER;

    private int concentrated;
    private int refused;
    private boolean labelsOnly;

    /**
     * @param initial state of the learner before its first step, to go back to until one is promoted
     * @param classes C
     */
    public Watchdog(SafetySettings settings, LearnSettings learn, List<Tensor> initial, int classes) {
        this.settings = settings;
        this.learn = learn;
        this.drift = new DriftDetector(settings.drift());
        this.doubt = new Doubt(settings.drift().doubtLabels());
        this.skew = new PseudoLabelSkew(classes);
        this.labels = new NewestLabels(MOST_LABELS, classes);
        this.promoted = List.copyOf(initial);
    }

    /**
     * A label of a frame that was chosen at random, before it is learned.
     *
     * @param step the last step
     * @param logits what the teacher answered, {@code [C]}
     */
    public Optional<SafetyDecision> scored(long step, int label, float[] logits) {
        labels.add(label);
        boolean wrong = argMax(logits) != label;
        doubt.scored(wrong);
        boolean sure = confidence(logits) >= learn.gate().thresholdFloor();
        OptionalDouble before = drift.mistakeShare();
        Optional<SafetyDecision.Drift> rose = drift.scored(wrong, sure);
        rose.ifPresent(found -> {
            if (found.cause() == Cause.ERROR_ROSE) {
                doubt(found.numbers().getOrDefault("before", 0.0));
            } else {
                before.ifPresent(this::doubt);
            }
        });
        return answered(step, rose);
    }

    /**
     * Fresh frames, before they are learned from in any way.
     *
     * @param step the last step
     * @param teacher logits {@code [N][C]}
     * @param student logits {@code [N][C]}
     */
    public Optional<SafetyDecision> compared(long step, float[][] teacher, float[][] student) {
        Optional<SafetyDecision> told = Optional.empty();
        for (int i = 0; i < teacher.length; i++) {
            boolean differ = argMax(teacher[i]) != argMax(student[i]);
            boolean unsure = confidence(teacher[i]) < learn.gate().thresholdFloor();
            Optional<SafetyDecision.Drift> disagreed = drift.compared(differ);
            Optional<SafetyDecision.Drift> unsureMore = drift.answered(unsure);
            Optional<SafetyDecision.Drift> rose = unsureMore.or(() -> disagreed);
            rose.ifPresent(unused -> drift.mistakeShare().ifPresent(this::doubt));
            Optional<SafetyDecision> now = answered(step, rose);
            told = told.or(() -> now);
        }
        return told;
    }

    private void doubt(double shareBefore) {
        if (settings.drift().responseSteps() > 0) {
            doubt.raise(shareBefore);
        }
    }

    private Optional<SafetyDecision> answered(long step, Optional<SafetyDecision.Drift> noticed) {
        int response = settings.drift().responseSteps();
        if (noticed.isPresent() && response > 0) {
            carefulUntil = step + response;
            driftAt = step;
        }
        return noticed.map(found -> found);
    }

    /** A step that was taken. */
    public List<SafetyDecision> stepped(TrainingBatch batch, StepResult result) {
        refused = 0;
        List<SafetyDecision> told = new ArrayList<>();
        int[] ofFresh = Arrays.copyOf(result.pseudoLabels(), batch.fresh());
        skew.add(ofFresh, labels).ifPresent(told::add);
        concentration(result).ifPresent(told::add);
        return told;
    }

    private Optional<SafetyDecision> concentration(StepResult result) {
        int enough = settings.collapse().steps();
        if (enough == 0 || result.meanAnswer().length == 0 || labels.size() < LEAST_LABELS) {
            concentrated = 0;
            return Optional.empty();
        }
        double limit = Concentration.limit(labels.prior(LABELS_OF_PRIOR));
        double entropy = Concentration.entropy(result.meanAnswer());
        concentrated = entropy < limit ? concentrated + 1 : 0;
        if (concentrated < enough) {
            return Optional.empty();
        }
        String why = String.format(
                Locale.ROOT, "entropy of the mean prediction %.3f is below %.3f for %d steps", entropy, limit, enough);
        return Optional.of(
                collapse(Cause.CONCENTRATED, result.step(), why, Map.of("entropy", entropy, "limit", limit)));
    }

    /**
     * A step that was refused because it was not finite.
     *
     * @throws NonFiniteStepException the same, when going back would not help: labels alone end like this, too
     */
    public Optional<SafetyDecision> refused(long step, NonFiniteStepException cause) {
        refused++;
        if (refused <= MOST_REFUSED) {
            return Optional.empty();
        }
        if (labelsOnly) {
            throw cause;
        }
        String why = refused + " steps in a row were not finite";
        return Optional.of(collapse(Cause.NON_FINITE, step, why, Map.of("refusedSteps", (double) refused)));
    }

    private SafetyDecision collapse(Cause cause, long step, String why, Map<String, Double> numbers) {
        restoredAt.add(step);
        restoredAt.removeIf(at -> at <= step - settings.collapse().withinSteps());
        labelsOnly = restoredAt.size() >= settings.collapse().restores();
        concentrated = 0;
        refused = 0;
        carefulUntil = 0;
        driftAt = NEVER;
        drift.clear();
        doubt.clear();
        skew.clear();
        String follows = labelsOnly
                ? "labels alone from now on, until a restart with other settings"
                : "no pseudo-labels for " + settings.collapse().pauseSteps() + " steps";
        Map<String, Double> all = new TreeMap<>(numbers);
        all.put("restores", (double) restoredAt.size());
        all.put("labelsOnly", labelsOnly ? 1.0 : 0.0);
        return new SafetyDecision.Collapse(cause, why + "; set back to the last promoted state; " + follows, all);
    }

    /** How a step is to be taken. */
    public Restraint restraint(long step) {
        boolean careful = step <= carefulUntil;
        float floor = learn.gate().thresholdFloor() + (float) settings.drift().thresholdRise();
        return new Restraint(unlabeledShare(step), careful ? Math.min(1, floor) : 0, teacherHalfLife(step));
    }

    /** After a drift the teacher looks back over a tenth of the steps since then, as it does over those since the start. */
    private double teacherHalfLife(long step) {
        if (driftAt == NEVER) {
            return Double.MAX_VALUE;
        }
        return Math.max(settings.drift().teacherHalfLifeSteps(), (step - driftAt) * Math.log(2) / 9);
    }

    private float unlabeledShare(long step) {
        if (labelsOnly || doubt.isThere() && step <= doubtUntil()) {
            return 0;
        }
        long last = restoredAt.isEmpty() ? NEVER : restoredAt.get(restoredAt.size() - 1);
        long since = step - last - settings.collapse().pauseSteps();
        int ramp = learn.pseudoLabels().rampSteps();
        if (last == NEVER || since > ramp) {
            return 1;
        }
        return since <= 0 ? 0 : since / (float) (ramp + 1);
    }

    /** Labels may never come, or the stream may have become harder for good. */
    private long doubtUntil() {
        return carefulUntil + (MOST_RESPONSES - 1L) * settings.drift().responseSteps();
    }

    /** How many times the usual number of labels may be asked for at a step. */
    public double labelBudgetFactor(long step) {
        return step <= carefulUntil ? settings.drift().labelBudgetFactor() : 1;
    }

    /** True when labels are all that is learned from, after several collapses. */
    public boolean labelsOnly() {
        return labelsOnly;
    }

    /** Remembers a state that was promoted. */
    public void promoted(List<Tensor> learner) {
        promoted = List.copyOf(learner);
    }

    /** State of the learner when it was promoted last; its arrays are not to be changed. */
    public List<Tensor> promotedState() {
        return promoted;
    }

    /** Everything that later decisions depend on. */
    public SafetyState state() {
        Map<String, List<Long>> numbers = new TreeMap<>(drift.state());
        numbers.put("doubt", doubt.state());
        numbers.put("labels", labels.state());
        numbers.put("skew", skew.state());
        numbers.put("restoredAt", List.copyOf(restoredAt));
        numbers.put("driftAt", List.of(driftAt));
        numbers.put("scalars", List.of(carefulUntil, (long) concentrated, (long) refused, labelsOnly ? 1L : 0L));
        return new SafetyState(numbers, promoted);
    }

    /**
     * Takes up what {@link #state} gave.
     *
     * @param learner state of the learner now, to go back to where no promoted one is known
     * @param otherSettings true when the settings have changed since: then what was turned off by collapses is on again
     */
    public void restore(SafetyState state, List<Tensor> learner, boolean otherSettings) {
        promoted = state.promoted().isEmpty() ? List.copyOf(learner) : state.promoted();
        if (state.numbers().isEmpty()) {
            return;
        }
        drift.restore(state);
        doubt.restore(state.optional("doubt"));
        labels.restore(state.required("labels"));
        skew.restore(state.required("skew"));
        List<Long> scalars = state.required("scalars");
        carefulUntil = scalars.get(0);
        driftAt = state.optional("driftAt").stream().findFirst().orElse(NEVER);
        concentrated = Math.toIntExact(scalars.get(1));
        refused = Math.toIntExact(scalars.get(2));
        restoredAt.clear();
        boolean lifted = otherSettings && scalars.get(3) == 1;
        if (!lifted) {
            restoredAt.addAll(state.required("restoredAt"));
        }
        labelsOnly = !lifted && scalars.get(3) == 1;
    }

    /** Softmax of the largest logit. */
    private static double confidence(float[] logits) {
        float largest = logits[argMax(logits)];
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - largest);
        }
        return 1 / sum;
    }

    private static int argMax(float[] row) {
        int best = 0;
        for (int i = 1; i < row.length; i++) {
            best = row[i] > row[best] ? i : best;
        }
        return best;
    }
}
