package io.millrace.trainer.safety;

import java.util.Map;
import java.util.OptionalInt;

/** Something that the {@link Watchdog} noticed, and what is to follow. */
public sealed interface SafetyDecision {
    /** Which rule decided. */
    Cause cause();

    /** Why and what follows, in one sentence. */
    String message();

    /** The numbers behind it. */
    Map<String, Double> numbers();

    /** Which rule decided. The names are stable: they stand in meters, events and dashboards. */
    enum Cause {
        /** The teacher makes more mistakes on fresh labels. */
        ERROR_ROSE(Kind.DRIFT),
        /** The teacher is sure of more wrong answers to fresh labels. */
        SURE_ERROR_ROSE(Kind.DRIFT),
        /** Teacher and student disagree more on fresh frames. */
        DISAGREEMENT_ROSE(Kind.DRIFT),
        /** The teacher is unsure of more fresh frames. */
        UNCERTAINTY_ROSE(Kind.DRIFT),
        /** The predictions are nearly all of one class, and the labels are not. */
        CONCENTRATED(Kind.COLLAPSE),
        /** Step after step was not finite. */
        NON_FINITE(Kind.COLLAPSE),
        /** One class has far more pseudo-labels than labels. */
        CLASS_DOMINATES(Kind.SKEW),
        /** One class has labels and no pseudo-label. */
        CLASS_ABSENT(Kind.SKEW);

        private final Kind kind;

        Cause(Kind kind) {
            this.kind = kind;
        }

        /** What kind of a thing it is. */
        public Kind kind() {
            return kind;
        }
    }

    /** What kind of a thing was noticed. */
    enum Kind {
        /** Frames or labels are not what they were. */
        DRIFT,
        /** The learner is broken. */
        COLLAPSE,
        /** Pseudo-labels are spread otherwise than labels. */
        SKEW
    }

    /**
     * The learner is careful for a while ({@link Watchdog#restraint}).
     *
     * @param keptFrames how many of the latest replayed unlabeled frames are kept; the others are from before
     * @param labelsSince how many of the latest labels are from after it at least, and drawn more often from now on;
     *     nothing when drift is only told of
     */
    record Drift(Cause cause, String message, Map<String, Double> numbers, int keptFrames, OptionalInt labelsSince)
            implements SafetyDecision {
        public Drift {
            numbers = Map.copyOf(numbers);
        }
    }

    /** The learner is to be set back to the state that was promoted last ({@link Watchdog#promotedState}). */
    record Collapse(Cause cause, String message, Map<String, Double> numbers) implements SafetyDecision {
        public Collapse {
            numbers = Map.copyOf(numbers);
        }
    }

    /** Nothing follows by itself: somebody should look. */
    record Skew(Cause cause, String message, Map<String, Double> numbers) implements SafetyDecision {
        public Skew {
            numbers = Map.copyOf(numbers);
        }
    }
}
