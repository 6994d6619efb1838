package io.millrace.quickstart;

import io.millrace.quickstart.feed.Pace;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How fast frames are published. */
final class PaceOptions {
    @Spec(Spec.Target.MIXEE)
    CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--rate",
            defaultValue = "max",
            description = "Frames a second, or max: as fast as the trainer keeps up (default: ${DEFAULT-VALUE}).")
    String rate = "max";

    @Option(
            names = "--ahead",
            paramLabel = "FRAMES",
            defaultValue = "512",
            description = "With --rate max: frames published that the trainer has not committed yet, at most; no less"
                    + " than it takes between two commits, 256 by default (default: ${DEFAULT-VALUE}).")
    int ahead;

    Pace pace() {
        try {
            return Pace.of(rate, ahead);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }
}
