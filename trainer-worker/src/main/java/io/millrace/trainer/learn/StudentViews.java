package io.millrace.trainer.learn;

import java.util.List;

/**
 * Which views of which unlabeled samples the student learns from, beside the labeled ones. A view less is a good part of
 * a step's time less.
 *
 * @param rows which samples
 * @param views none, one or two of each
 * @param blend which rows mixup blends with each other
 */
record StudentViews(Rows rows, List<View> views, Blend blend) {
    /** FixMatch's: one strong view of what the gate accepts. */
    static final StudentViews ACCEPTED_STRONG = new StudentViews(Rows.ACCEPTED, List.of(View.STRONG), Blend.APART);
    /** One strong view of what the gate accepts, for terms that need to know whose view a row is. */
    static final StudentViews ACCEPTED_STRONG_UNBLENDED =
            new StudentViews(Rows.ACCEPTED, List.of(View.STRONG), Blend.LABELED);
    /** One strong view of each sample. */
    static final StudentViews ALL_STRONG = new StudentViews(Rows.ALL, List.of(View.STRONG), Blend.LABELED);

    /** Which unlabeled samples. */
    enum Rows {
        /** Those with a weight. The others add nothing to a loss or its gradient, so they stay out. */
        ACCEPTED,
        /** All, because a loss term looks at refused ones, too. None during the warm start. */
        ALL
    }

    /** A view of one sample. */
    enum View {
        WEAK,
        SECOND_WEAK,
        STRONG,
        SECOND_STRONG
    }

    /** Which rows mixup blends, where the settings turn it on. */
    enum Blend {
        /** None. */
        NONE,
        /** Labeled rows with each other. */
        LABELED,
        /** Labeled rows with each other, unlabeled rows with each other. */
        APART,
        /** All rows with each other, always: MixMatch. */
        TOGETHER
    }

    StudentViews {
        views = List.copyOf(views);
        if (views.isEmpty() || views.size() > 2) {
            throw new IllegalArgumentException("expected one or two views, got " + views);
        }
    }

    /** How many of the views carry the gate's target: both where all rows are blended, else the first. */
    int taught() {
        return blend == Blend.TOGETHER ? views.size() : 1;
    }
}
