package io.millrace.trainer.learn;

import org.jspecify.annotations.Nullable;

/** What an alignment of classes pulls towards. */
interface ClassPrior {
    /** Whatever the alignment takes by itself. */
    ClassPrior USUAL = () -> null;

    /** Share of each class, {@code [classes]}, or null where there is none to go by. */
    float @Nullable [] shares();
}
