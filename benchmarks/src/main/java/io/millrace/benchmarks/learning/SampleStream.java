package io.millrace.benchmarks.learning;

import io.millrace.benchmarks.samples.SampleSet;
import io.millrace.schemas.SampleShape;
import io.millrace.trainer.batch.Sample;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * The samples of a {@link SampleSet} in random order; from the middle of the stream on, all of them changed in one way where
 * the stream drifts. The test samples judge as they are before the drift, changed in the same way after it.
 */
final class SampleStream implements LearningStream {
    private final String name;
    private final SampleSet samples;
    private final long seed;
    private final List<Integer> order;
    private final LabelSchedule labels;
    private final List<UnaryOperator<Sample>> domains;

    /**
     * @param length number of frames; when all samples were shown they are shuffled and shown again
     * @param domains how samples are seen in each part of the stream, one or two
     */
    SampleStream(
            String name,
            SampleSet samples,
            int length,
            long seed,
            LabelHabits habits,
            List<UnaryOperator<Sample>> domains) {
        this.name = name;
        this.samples = samples;
        this.seed = seed;
        this.domains = List.copyOf(domains);
        ImageDeck deck =
                new ImageDeck(IntStream.range(0, samples.training().size()).toArray(), seed);
        this.order = IntStream.range(0, length).map(i -> deck.deal()).boxed().toList();
        int[] truths = order.stream()
                .mapToInt(place -> samples.training().get(place).label())
                .toArray();
        this.labels = new LabelSchedule(habits, seed, truths, Collections.nCopies(samples.classes(), 0L));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public SampleShape shape() {
        return samples.shape();
    }

    @Override
    public int classes() {
        return samples.classes();
    }

    @Override
    public long length() {
        return order.size();
    }

    @Override
    public Sample frame(long sequence) {
        Sample shown = domains.get(domain(sequence)).apply(training(sequence));
        String id = "%s-s%d-%06d".formatted(name, seed, sequence);
        return new Sample(id, shown.sourceId(), shown.values(), Sample.UNLABELED);
    }

    @Override
    public int truth(long sequence) {
        return training(sequence).label();
    }

    @Override
    public List<Label> labelsAt(long sequence) {
        return labels.dueAt(sequence);
    }

    @Override
    public List<TestSet> tests() {
        return IntStream.range(0, domains.size()).mapToObj(this::test).toList();
    }

    @Override
    public int domain(long sequence) {
        return (int) (sequence * domains.size() / length());
    }

    @Override
    public List<Long> drifts() {
        return domains.size() == 1 ? List.of() : List.of((length() + 1) / 2);
    }

    private TestSet test(int domain) {
        UnaryOperator<Sample> seen = domains.get(domain);
        return new TestSet(
                domain == 0 ? "before" : "after",
                samples.test().size(),
                i -> seen.apply(samples.test().get(i)));
    }

    private Sample training(long sequence) {
        return samples.training().get(order.get((int) sequence));
    }
}
