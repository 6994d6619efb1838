package io.millrace.trainer.learn;

import io.millrace.schemas.SampleShape;
import io.millrace.trainer.augment.Augmentation;

/**
 * How strong strong views are: as the settings say once the teacher is always right, less the less it is shown to know.
 *
 * <pre>
 *   strength = floor + (1 - floor) max(0, (bound - majority) / (1 - majority))
 * </pre>
 *
 * <p>with the bound of {@link FreshLabels#accuracyBound}. Driven by what is known, not by time, because a stream has no end
 * and may begin anew with other frames. Our own rule. No state: the labels have it.
 */
final class Curriculum {
    private final LearnSettings settings;
    private final SampleShape shape;
    private final FreshLabels labels;

    Curriculum(LearnSettings settings, SampleShape shape, FreshLabels labels) {
        this.settings = settings;
        this.shape = shape;
        this.labels = labels;
    }

    /** Share of the full strength, {@code floor} to 1. */
    double strength() {
        double floor = settings.additions().curriculumFloor();
        double majority = labels.majority();
        return floor + (1 - floor) * Math.max(0, (labels.accuracyBound() - majority) / (1 - majority));
    }

    /** Views as strong as they are now. */
    Augmentation now() {
        double strength = strength();
        return Augmentation.of(
                shape, settings.images().scaled(strength), settings.sensors().scaled(strength));
    }
}
