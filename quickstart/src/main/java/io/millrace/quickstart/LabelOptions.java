package io.millrace.quickstart;

import io.millrace.quickstart.feed.LabelPlan.Habits;
import io.millrace.quickstart.feed.Labeler.Kind;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How frames are labeled. */
final class LabelOptions {
    @Spec(Spec.Target.MIXEE)
    CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--labeler",
            defaultValue = "RANDOM",
            description =
                    "Who decides which frames are labeled late: RANDOM is chance; with ACTIVE the trainer asks for"
                            + " labels, and all answers are right (default: ${DEFAULT-VALUE}).")
    Kind kind = Kind.RANDOM;

    @Option(
            names = "--labels",
            paramLabel = "P",
            defaultValue = "0.01",
            description = "Share of the frames that is labeled late; a labeler of its own that is ACTIVE answers what"
                    + " trainer.label.requests.budget asks for (default: ${DEFAULT-VALUE}).")
    double labels;

    @Option(
            names = "--label-delay",
            paramLabel = "FRAMES",
            defaultValue = "1000",
            description = "How late, in frames (default: ${DEFAULT-VALUE}).")
    long delay;

    @Option(
            names = "--label-errors",
            paramLabel = "P",
            defaultValue = "0.05",
            description = "Share of the labels that is wrong at first and corrected later (default: ${DEFAULT-VALUE}).")
    double errors;

    Habits habits() {
        try {
            Habits usual = Habits.usual();
            return new Habits(labels, delay, errors, usual.correctionDelay(), usual.initialPerClass());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }
}
