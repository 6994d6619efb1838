package io.millrace.trainer.safety;

import io.millrace.trainer.safety.AdaptiveWindow.Rise;
import io.millrace.trainer.safety.SafetyDecision.Cause;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * Notices drift in four ways: fresh labels tell that the teacher makes more mistakes, or more where it is sure; or, long
 * before labels come, teacher and student answer fresh frames differently more often, or the teacher is unsure of more of
 * them. Each is watched by an {@link AdaptiveWindow}.
 *
 * <p>Mistakes where the teacher is sure are counted apart, against the answers of which it is sure: they are what teaches
 * wrong pseudo-labels, and being rare a few of them tell. Their share of all answers rises while a beginner grows surer.
 * Disagreement is STUDD's idea (Cerqueira et al. 2022: a student's disagreement with its teacher stands for the error)
 * with the pair that is there anyway. The student wavers from step to step, so neighbouring observations are not
 * independent as the bound assumes: that is why its delta is small and its parts are large. Uncertainty watches the
 * margin density's cousin (Sethi and Kantardzic 2017, "On the reliable detection of concept drift from streaming
 * unlabeled data"): the share of frames below a confidence. It sees a drift before the student has learned anything from
 * it. How sure a teacher is changes as it learns, too: a rise of less than {@value #LEAST_RISE} is not told, nor are several
 * small ones in a row, each of which the window has adapted to before the next.
 */
final class DriftDetector {
    private static final String LATEST = "latestMistakes";
    private static final String LATEST_SURE = "latestSureMistakes";
    private static final int LEAST_LABELS = 10;
    private static final int LEAST_FRAMES = 250;
    private static final int FRAMES_A_CHECK = 32;
    private static final double LEAST_RISE = 0.1;
    /** Fresh frames tell drift from so many frames on, so as many are from after it. */
    private static final int FRAMES_SINCE = 500;

    private final SafetySettings.Drift settings;
    private final Optional<AdaptiveWindow> mistakes;
    private final LatestMistakes latest = new LatestMistakes();
    private final Optional<AdaptiveWindow> sureMistakes;
    private final LatestMistakes latestSure = new LatestMistakes();
    private final Optional<AdaptiveWindow> disagreements;
    private final Optional<AdaptiveWindow> uncertainties;

    DriftDetector(SafetySettings.Drift settings) {
        this.settings = settings;
        this.mistakes = window(settings.errorDelta(), LEAST_LABELS, 1);
        this.sureMistakes = window(settings.errorDelta(), LEAST_LABELS, 1);
        this.disagreements = window(settings.disagreementDelta(), LEAST_FRAMES, FRAMES_A_CHECK);
        this.uncertainties = window(settings.uncertaintyDelta(), LEAST_FRAMES, FRAMES_A_CHECK);
    }

    private static Optional<AdaptiveWindow> window(double delta, int least, int every) {
        return delta == 0 ? Optional.empty() : Optional.of(new AdaptiveWindow(delta, least, every));
    }

    /** Takes in whether the teacher was wrong, and sure, about a frame before it learned its label. */
    Optional<SafetyDecision.Drift> scored(boolean wrong, boolean sure) {
        Optional<SafetyDecision.Drift> more = mistakes.flatMap(window -> rise(window, latest, wrong))
                .map(rise -> drift(Cause.ERROR_ROSE, "mistakes on fresh labels", rise));
        Optional<SafetyDecision.Drift> surer = sureMistakes
                .filter(window -> sure)
                .flatMap(window -> rise(window, latestSure, wrong))
                .map(rise -> drift(Cause.SURE_ERROR_ROSE, "mistakes on fresh labels where the teacher is sure", rise));
        return more.or(() -> surer);
    }

    private static Optional<Rise> rise(AdaptiveWindow window, LatestMistakes latest, boolean wrong) {
        Optional<Rise> slow = window.add(wrong);
        Optional<Rise> abrupt = latest.add(wrong, window);
        if (slow.isEmpty() && abrupt.isPresent()) {
            window.clear();
            latest.state().forEach(mistake -> window.add(mistake == 1));
        }
        return slow.or(() -> abrupt);
    }

    /** Takes in whether teacher and student differ about a fresh frame. */
    Optional<SafetyDecision.Drift> compared(boolean differ) {
        return disagreements
                .flatMap(window -> window.add(differ))
                .map(rise -> drift(Cause.DISAGREEMENT_ROSE, "disagreement on fresh frames", rise));
    }

    /** Takes in whether the teacher is unsure of a fresh frame. */
    Optional<SafetyDecision.Drift> answered(boolean unsure) {
        return uncertainties
                .flatMap(window -> window.add(unsure))
                .filter(rise -> rise.now() - rise.before() >= LEAST_RISE)
                .map(rise ->
                        drift(Cause.UNCERTAINTY_ROSE, "share of fresh frames that the teacher is unsure of", rise));
    }

    private SafetyDecision.Drift drift(Cause cause, String what, Rise rise) {
        String message = String.format(
                Locale.ROOT,
                "%s rose from %.3f to %.3f; careful for %d steps",
                what,
                rise.before(),
                rise.now(),
                settings.responseSteps());
        Map<String, Double> numbers = Map.of(
                "before",
                rise.before(),
                "beforeCount",
                (double) rise.beforeCount(),
                "now",
                rise.now(),
                "nowCount",
                (double) rise.nowCount(),
                "responseSteps",
                (double) settings.responseSteps(),
                "labelBudgetFactor",
                settings.labelBudgetFactor());
        if (settings.responseSteps() == 0) {
            return new SafetyDecision.Drift(cause, message, numbers, Integer.MAX_VALUE, OptionalInt.empty());
        }
        boolean byLabels = cause == Cause.ERROR_ROSE || cause == Cause.SURE_ERROR_ROSE;
        int labels = byLabels ? Math.toIntExact(rise.nowCount()) : 0;
        return new SafetyDecision.Drift(cause, message, numbers, FRAMES_SINCE, OptionalInt.of(labels));
    }

    /** Share of mistakes on the labels that the window still holds; nothing while they are fewer than doubt asks for. */
    OptionalDouble mistakeShare() {
        return mistakes.filter(window -> window.size() >= Math.max(1, settings.doubtLabels()))
                .map(window -> OptionalDouble.of(window.mean()))
                .orElse(OptionalDouble.empty());
    }

    /** Forgets what was observed: the learner is another one now. */
    void clear() {
        mistakes.ifPresent(AdaptiveWindow::clear);
        latest.clear();
        sureMistakes.ifPresent(AdaptiveWindow::clear);
        latestSure.clear();
        disagreements.ifPresent(AdaptiveWindow::clear);
        uncertainties.ifPresent(AdaptiveWindow::clear);
    }

    /** Everything that later decisions depend on, by name. */
    Map<String, List<Long>> state() {
        Map<String, List<Long>> state = new TreeMap<>();
        windows()
                .forEach((name, window) ->
                        state.put(name, window.map(AdaptiveWindow::state).orElse(List.of())));
        state.put(LATEST, latest.state());
        state.put(LATEST_SURE, latestSure.state());
        return state;
    }

    /** Takes up what {@link #state} gave; what has just been turned on, or was not there then, begins empty. */
    void restore(SafetyState from) {
        clear();
        windows().forEach((name, window) -> {
            List<Long> state = from.optional(name);
            if (!state.isEmpty()) {
                window.ifPresent(on -> on.restore(state));
            }
        });
        latest.restore(from.optional(LATEST));
        latestSure.restore(from.optional(LATEST_SURE));
    }

    private Map<String, Optional<AdaptiveWindow>> windows() {
        return Map.of(
                "mistakes", mistakes,
                "sureMistakes", sureMistakes,
                "disagreements", disagreements,
                "uncertainties", uncertainties);
    }
}
