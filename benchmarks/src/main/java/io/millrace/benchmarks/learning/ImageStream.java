package io.millrace.benchmarks.learning;

import io.millrace.quickstart.data.Chance;
import io.millrace.quickstart.data.Chance.Question;
import io.millrace.schemas.SampleShape;
import io.millrace.trainer.batch.Sample;
import java.util.List;
import java.util.stream.IntStream;

/** A stream of grey images, scene by scene. */
final class ImageStream implements LearningStream {
    private final Script script;
    private final GreyImages images;
    private final long seed;
    private final LabelSchedule labels;
    private final Tests tests;

    /**
     * What comes.
     *
     * @param name of the stream
     * @param scenes one for each frame
     * @param begins frame with which each class begins
     * @param drifts frames with which abrupt drifts begin
     */
    record Script(String name, List<Scene> scenes, List<Long> begins, List<Long> drifts) {
        Script {
            scenes = List.copyOf(scenes);
            begins = List.copyOf(begins);
            drifts = List.copyOf(drifts);
        }
    }

    /**
     * What judges.
     *
     * @param sets one for each domain
     * @param together true when all domains seen so far judge together, false when only that of the frame does
     * @param triggered samples with the trigger of a backdoor
     */
    record Tests(List<TestSet> sets, boolean together, List<Sample> triggered) {
        Tests {
            sets = List.copyOf(sets);
            triggered = List.copyOf(triggered);
        }

        static Tests of(List<TestSet> sets) {
            return new Tests(sets, false, List.of());
        }
    }

    ImageStream(Script script, GreyImages images, long seed, LabelHabits habits, Tests tests) {
        this.script = script;
        this.images = images;
        this.seed = seed;
        this.tests = tests;
        int[] told = script.scenes().stream()
                .mapToInt(scene -> scene.labelable() ? images.truth(scene.image()) : Sample.UNLABELED)
                .toArray();
        this.labels = new LabelSchedule(habits, seed, told, script.begins());
    }

    @Override
    public String name() {
        return script.name();
    }

    @Override
    public SampleShape shape() {
        return images.shape();
    }

    @Override
    public int classes() {
        return images.classes();
    }

    @Override
    public long length() {
        return script.scenes().size();
    }

    @Override
    public Sample frame(long sequence) {
        Scene scene = scene(sequence);
        byte[] seen = scene.view()
                .of(images.pixels(scene.image()), images.width(), Chance.bits(seed, Question.EXPOSURE, sequence));
        String id = "%s-s%d-%06d".formatted(script.name(), seed, sequence);
        return new Sample(id, "camera-" + (scene.source() + 1), images.values(seen), Sample.UNLABELED);
    }

    @Override
    public int truth(long sequence) {
        return images.truth(scene(sequence).image());
    }

    @Override
    public List<Label> labelsAt(long sequence) {
        return labels.dueAt(sequence);
    }

    @Override
    public List<TestSet> tests() {
        return tests.sets();
    }

    @Override
    public int domain(long sequence) {
        return scene(sequence).domain();
    }

    @Override
    public List<Integer> judges(long sequence) {
        return tests.together()
                ? IntStream.rangeClosed(0, domain(sequence)).boxed().toList()
                : List.of(domain(sequence));
    }

    @Override
    public List<Long> drifts() {
        return script.drifts();
    }

    @Override
    public List<Sample> triggered() {
        return tests.triggered();
    }

    /** What a frame shows. */
    Scene scene(long sequence) {
        return script.scenes().get((int) sequence);
    }
}
