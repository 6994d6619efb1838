package io.millrace.trainer.safety;

import io.millrace.trainer.safety.AdaptiveWindow.Rise;
import io.millrace.trainer.safety.SafetyDecision.Cause;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * Notices drift in three ways: fresh labels tell that the teacher makes more mistakes; or, long before labels come, teacher
 * and student answer fresh frames differently more often, or the teacher is unsure of more of them. Each is watched by an
 * {@link AdaptiveWindow}.
 *
 * <p>The second is STUDD's idea (Cerqueira et al. 2022: a student's disagreement with its teacher stands for the error)
 * with the pair that is there anyway. The student wavers from step to step, so neighbouring observations are not
 * independent as the bound assumes: that is why its delta is small and its parts are large. The third watches the
 * margin density's cousin (Sethi and Kantardzic 2017, "On the reliable detection of concept drift from streaming
 * unlabeled data"): the share of frames below a confidence. It sees a drift before the student has learned anything from
 * it. How sure a teacher is changes as it learns, too: a rise of less than {@value #LEAST_RISE} is not told.
 */
final class DriftDetector {
    private static final int LEAST_LABELS = 10;
    private static final int LEAST_FRAMES = 250;
    private static final int FRAMES_A_CHECK = 32;
    private static final double LEAST_RISE = 0.1;
    /** Fresh frames tell drift from so many frames on, so as many are from after it. */
    private static final int FRAMES_SINCE = 500;

    private final SafetySettings.Drift settings;
    private final Optional<AdaptiveWindow> mistakes;
    private final LatestMistakes latest = new LatestMistakes();
    private final Optional<AdaptiveWindow> disagreements;
    private final Optional<AdaptiveWindow> uncertainties;

    DriftDetector(SafetySettings.Drift settings) {
        this.settings = settings;
        this.mistakes = window(settings.errorDelta(), LEAST_LABELS, 1);
        this.disagreements = window(settings.disagreementDelta(), LEAST_FRAMES, FRAMES_A_CHECK);
        this.uncertainties = window(settings.uncertaintyDelta(), LEAST_FRAMES, FRAMES_A_CHECK);
    }

    private static Optional<AdaptiveWindow> window(double delta, int least, int every) {
        return delta == 0 ? Optional.empty() : Optional.of(new AdaptiveWindow(delta, least, every));
    }

    /** Takes in whether the teacher was wrong about a frame before it learned its label. */
    Optional<SafetyDecision.Drift> scored(boolean wrong) {
        return mistakes.flatMap(window -> rise(window, wrong))
                .map(rise -> drift(Cause.ERROR_ROSE, "mistakes on fresh labels", rise));
    }

    private Optional<Rise> rise(AdaptiveWindow window, boolean wrong) {
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
    Optional<SafetyDecision.Drift> asked(boolean unsure) {
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
        int labels = cause == Cause.ERROR_ROSE ? Math.toIntExact(rise.nowCount()) : 0;
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
        disagreements.ifPresent(AdaptiveWindow::clear);
        uncertainties.ifPresent(AdaptiveWindow::clear);
    }

    List<Long> mistakes() {
        return mistakes.map(AdaptiveWindow::state).orElse(List.of());
    }

    List<Long> latestMistakes() {
        return latest.state();
    }

    List<Long> disagreements() {
        return disagreements.map(AdaptiveWindow::state).orElse(List.of());
    }

    List<Long> uncertainties() {
        return uncertainties.map(AdaptiveWindow::state).orElse(List.of());
    }

    /** Takes up what the four before gave; what has just been turned on begins empty. */
    void restore(List<Long> ofMistakes, List<Long> ofLatest, List<Long> ofDisagreements, List<Long> ofUncertainties) {
        clear();
        latest.restore(ofLatest);
        restore(mistakes, ofMistakes);
        restore(disagreements, ofDisagreements);
        restore(uncertainties, ofUncertainties);
    }

    private static void restore(Optional<AdaptiveWindow> window, List<Long> state) {
        if (!state.isEmpty()) {
            window.ifPresent(on -> on.restore(state));
        }
    }
}
