package io.millrace.trainer.promote;

/** What the policy says of a challenger. */
public sealed interface Decision {
    /** Which rule decided. */
    Cause cause();

    /** Why, in one sentence with the numbers. */
    String reason();

    /** Which rule decided. The names are stable: they stand in meters and dashboards. */
    enum Cause {
        /** Nothing speaks against the challenger. */
        NOT_WORSE,
        /** There is no holdout label yet. */
        NO_HOLDOUT,
        /** The challenger is significantly worse. */
        SIGNIFICANTLY_WORSE,
        /** It may be worse by more than the margin. */
        MARGIN,
        /** A class loses recall. */
        CLASS_RECALL,
        /** Its confidences are further off. */
        CALIBRATION,
        /** It is right less often than is asked of any champion. */
        ACCURACY_FLOOR,
        /** Its confidences are further off than is allowed to any new champion. */
        CALIBRATION_BOUND
    }

    /** The challenger becomes champion. */
    record Promote(Cause cause, String reason) implements Decision {}

    /** The champion stays. */
    record Keep(Cause cause, String reason) implements Decision {}
}
