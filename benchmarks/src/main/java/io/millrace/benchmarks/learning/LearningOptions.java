package io.millrace.benchmarks.learning;

import io.millrace.benchmarks.BenchmarkOptions;
import io.millrace.benchmarks.learning.LearningRun.Examinations;
import io.millrace.quickstart.data.FashionData;
import io.millrace.quickstart.data.ImageSet;
import io.millrace.trainer.learn.MethodName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which arms are led over which streams. */
final class LearningOptions {
    private static final String ALL = "all";

    @Option(
            names = "--streams",
            split = ",",
            defaultValue = "S0",
            description = "S0, S1a, S1g, S2, S3, S4, S5, S6-0, S6-0.1, S6-0.2, S6-1; S1 and S6 mean all of theirs"
                    + " (default: ${DEFAULT-VALUE}).")
    List<String> streams = List.of();

    @Option(
            names = "--arms",
            split = ",",
            description =
                    "See below (default: no-update, supervised, the method of trainer.method, oracle; all: these and every method).")
    @Nullable
    List<String> arms;

    @Option(names = "--equal-time", description = "Adds supervised@METHOD for the method of trainer.method.")
    boolean equalTime;

    @Option(
            names = "--seeds",
            split = ",",
            defaultValue = "1",
            description = "Seeds of stream and learner (default: ${DEFAULT-VALUE}); --seed names one.")
    List<Long> seeds = List.of();

    @Option(names = "--frames", description = "Length of a stream (default: every training image once; quick: 1200).")
    @Nullable
    Integer frames;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Directory with the four files of Fashion-MNIST (default: the bundled sample).")
    @Nullable
    Path directory;

    @Option(names = "--label-share", defaultValue = "0.01", description = "Share of labeled frames (default: 0.01).")
    double labelShare;

    @Option(names = "--label-delay", defaultValue = "1000", description = "Frames until a label (default: 1000).")
    long labelDelay;

    @Option(names = "--labels-at-start", defaultValue = "10", description = "First labels of a class (default: 10).")
    int labelsAtStart;

    @Option(names = "--wrong-labels", defaultValue = "0", description = "Share of labels that are wrong (default: 0).")
    double wrongLabels;

    @Option(
            names = "--correct-after",
            defaultValue = "0",
            description = "Frames after which wrong labels are corrected (default: 0, never).")
    long correction;

    @Option(
            names = "--unknown",
            split = ",",
            defaultValue = "1,8",
            paramLabel = "CLASS",
            description = "Classes that are unknown in S5 (default: 1,8, trouser and bag).")
    List<Integer> unknown = List.of();

    @Option(
            names = "--unknown-data",
            paramLabel = "DIR",
            description = "Directory with four files like those of MNIST, whose training images are of no class in S5.")
    @Nullable
    Path strangers;

    @Option(names = "--examinations", description = "Points of a learning curve (default: 20; quick: 6).")
    @Nullable
    Integer examinations;

    @Option(names = "--test-images", defaultValue = "1000", description = "Looked at for a point (default: 1000).")
    int testImages;

    /** The streams asked for. @throws IllegalArgumentException when there is no such stream */
    List<StreamName> streamNames() {
        return streams.stream()
                .flatMap(name -> StreamName.of(name).stream())
                .distinct()
                .toList();
    }

    /**
     * The arms asked for, and those that they are compared with; those that keep pace with another one last.
     *
     * @param usual method of the trainer
     * @throws IllegalArgumentException when there is no such arm
     */
    List<Arm> arms(MethodName usual) {
        Set<String> names = new LinkedHashSet<>();
        for (String name : arms == null ? List.of("no-update", "supervised", usual.text(), "oracle") : arms) {
            if (name.equals(ALL)) {
                names.addAll(List.of("no-update", "supervised", "oracle"));
                Stream.of(MethodName.values()).map(MethodName::text).forEach(names::add);
            } else {
                names.add(name);
            }
        }
        if (equalTime) {
            names.add("supervised@" + usual.text());
        }
        for (String name : List.copyOf(names)) {
            Arm.paced(name).ifPresent(pace -> names.addAll(List.of(Arm.unpaced(name), pace)));
        }
        List<Arm> all = new ArrayList<>();
        names.forEach(name -> all.add(Arm.of(name)));
        all.sort(Comparator.comparing(arm -> Arm.paced(arm.name()).isPresent()));
        return all;
    }

    FashionData data() throws IOException {
        return directory == null ? FashionData.bundled() : FashionData.in(directory);
    }

    /** The streams. @throws IllegalArgumentException when an option is out of its range */
    FashionStreams streams(FashionData data, int length) throws IOException {
        LabelHabits habits = new LabelHabits(labelsAtStart, labelShare, labelDelay, wrongLabels, correction);
        ImageSet foreign = strangers == null ? null : FashionData.in(strangers).training();
        return new FashionStreams(data, length, habits, unknown, foreign);
    }

    /** What all runs have in common. */
    LearningProtocol protocol(FashionStreams of, BenchmarkOptions options) {
        String images = "Fashion-MNIST, " + of.data().training().size() + " and "
                + of.data().test().size() + " images";
        String strange = strangers == null ? "classes " + unknown : "images of " + strangers.getFileName();
        Examinations looks = new Examinations(options.or(examinations, 6, 20), testImages);
        return new LearningProtocol(images, of.length(), of.habits(), strange, looks, options.set);
    }
}
