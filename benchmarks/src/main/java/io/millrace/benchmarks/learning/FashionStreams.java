package io.millrace.benchmarks.learning;

import io.millrace.benchmarks.learning.ImageStream.Script;
import io.millrace.benchmarks.learning.ImageStream.Tests;
import io.millrace.quickstart.data.Chance;
import io.millrace.quickstart.data.Chance.Question;
import io.millrace.quickstart.data.FashionData;
import io.millrace.quickstart.data.ImageSet;
import io.millrace.trainer.batch.Sample;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * FMNIST-Stream: the streams of {@link StreamName} over Fashion-MNIST. Images come in an order of their seed, each once
 * before any comes again.
 *
 * @param data images
 * @param length of each stream in frames
 * @param habits of whoever labels
 * @param hidden classes that are unknown in the open stream; not used when there are strangers
 * @param strangers images of no class for the open stream, of the same size; null to hide classes instead
 */
public record FashionStreams(
        FashionData data,
        int length,
        LabelHabits habits,
        List<Integer> hidden,
        @Nullable ImageSet strangers) {
    /** Trouser and bag: of all classes the ones that look least like the others. */
    static final List<Integer> USUALLY_HIDDEN = List.of(1, 8);

    private static final int CLASSES = 10;
    private static final int SOURCES = 4;
    private static final List<View> TURNS = List.of(
            new View.Turned(0), new View.Turned(36), new View.Turned(72), new View.Turned(108), new View.Turned(144));
    private static final List<View> FAULTS = List.of(View.CLEAN, new View.Blurred(1.5), new View.Noisy(0.25));
    private static final int[] RECURRING = {0, 1, 0, 2, 0};
    private static final double IMBALANCE = 100;
    private static final double UNKNOWN_SHARE = 0.3;
    private static final int POISON_SOURCES = 20;
    private static final int POISON_TARGET = 0;

    public FashionStreams {
        hidden = List.copyOf(hidden);
        if (hidden.isEmpty()
                || hidden.size() >= CLASSES - 1
                || hidden.stream().anyMatch(hiddenClass -> hiddenClass < 0 || hiddenClass >= CLASSES)) {
            throw new IllegalArgumentException("expected one to eight hidden classes of 0 to 9, got " + hidden);
        }
    }

    /** Streams as the protocol has them. */
    public static FashionStreams usual(FashionData data, int length) {
        return new FashionStreams(data, length, LabelHabits.USUAL, USUALLY_HIDDEN, null);
    }

    /** One of the streams. */
    public LearningStream stream(StreamName name, long seed) {
        return switch (name) {
            case S0 -> shown(name, seed, sequence -> 0, List.of(View.CLEAN), List.of());
            case S1A -> turnedAtOnce(seed);
            case S1G -> shown(name, seed, sequence -> mixed(seed, sequence), TURNS, List.of());
            case S2 -> faulty(seed);
            case S3 -> classByClass(seed);
            case S4 -> imbalanced(seed);
            case S5 -> open(seed);
            case S6_0 -> poisoned(name, seed, 0);
            case S6_01 -> poisoned(name, seed, 0.001);
            case S6_02 -> poisoned(name, seed, 0.002);
            case S6_1 -> poisoned(name, seed, 0.01);
        };
    }

    private LearningStream turnedAtOnce(long seed) {
        Segments segments = new Segments(length, TURNS.size());
        return shown(StreamName.S1A, seed, segments::of, TURNS, segments.changes());
    }

    private LearningStream faulty(long seed) {
        Segments segments = new Segments(length, RECURRING.length);
        return shown(StreamName.S2, seed, sequence -> RECURRING[segments.of(sequence)], FAULTS, segments.changes());
    }

    /**
     * Near a change the new view is drawn with the sigmoid of MOA's {@code ConceptDriftStream}, 1 / (1 + exp(-4 (t - t0) /
     * w)), w half a segment.
     */
    private int mixed(long seed, int sequence) {
        double segment = (double) length / TURNS.size();
        long change = Math.max(1, Math.min(TURNS.size() - 1, Math.round(sequence / segment)));
        double later = 1 / (1 + Math.exp(-4 * (sequence - change * segment) / (segment / 2)));
        return (int) (Chance.of(seed, Question.VIEW, sequence) < later ? change : change - 1);
    }

    /** All images, seen by a view for each frame. */
    private LearningStream shown(
            StreamName name, long seed, IntUnaryOperator view, List<View> views, List<Long> drifts) {
        GreyImages images = known();
        Segments segments = new Segments(length, views.size());
        ImageDeck deck = deck(seed, images.numbers(truth -> true), 0);
        List<Scene> scenes = scenes(sequence -> {
            int seen = view.applyAsInt(sequence);
            int domain = name == StreamName.S1G ? segments.of(sequence) : seen;
            return new Scene(deck.deal(), views.get(seen), source(seed, sequence, SOURCES), domain, true);
        });
        List<TestSet> tests =
                views.stream().map(of -> test(known(data.test()), of)).toList();
        return new ImageStream(script(name, scenes, drifts), images, seed, habits, Tests.of(tests));
    }

    private LearningStream classByClass(long seed) {
        GreyImages images = known();
        GreyImages judged = known(data.test());
        Segments segments = new Segments(length, CLASSES / 2);
        List<ImageDeck> decks = IntStream.range(0, CLASSES / 2)
                .mapToObj(pair -> deck(seed, images.numbers(truth -> truth / 2 == pair), pair))
                .toList();
        List<Scene> scenes = scenes(sequence -> {
            int pair = segments.of(sequence);
            return new Scene(decks.get(pair).deal(), View.CLEAN, source(seed, sequence, SOURCES), pair, true);
        });
        List<Long> begins = IntStream.range(0, CLASSES)
                .mapToObj(ofClass -> segments.start(ofClass / 2))
                .toList();
        List<TestSet> tests = IntStream.range(0, CLASSES / 2)
                .mapToObj(pair -> test(
                        "classes" + 2 * pair + "and" + (2 * pair + 1),
                        judged,
                        View.CLEAN,
                        judged.numbers(truth -> truth / 2 == pair)))
                .toList();
        Script script = new Script(StreamName.S3.text(), scenes, begins, segments.changes());
        return new ImageStream(script, images, seed, habits, new Tests(tests, true, List.of()));
    }

    private LearningStream imbalanced(long seed) {
        GreyImages images = known();
        Segments halves = new Segments(length, 2);
        List<ImageDeck> decks = IntStream.range(0, CLASSES)
                .mapToObj(ofClass -> deck(seed, images.numbers(truth -> truth == ofClass), ofClass))
                .toList();
        List<Scene> scenes = scenes(sequence -> {
            int rank = rank(Chance.of(seed, Question.KIND, sequence));
            int ofClass = halves.of(sequence) == 0 ? rank : CLASSES - 1 - rank;
            return new Scene(decks.get(ofClass).deal(), View.CLEAN, source(seed, sequence, SOURCES), 0, true);
        });
        List<TestSet> tests = List.of(test(known(data.test()), View.CLEAN));
        return new ImageStream(script(StreamName.S4, scenes, halves.changes()), images, seed, habits, Tests.of(tests));
    }

    /** Exponential imbalance: class of rank k has weight 100^(-k/9) (Cui et al. 2019). @param drawn 0..1, 1 excluded */
    static int rank(double drawn) {
        double sum = 0;
        for (int k = 0; k < CLASSES; k++) {
            sum += weight(k);
        }
        double left = drawn * sum;
        int rank = 0;
        while (rank < CLASSES - 1 && left >= weight(rank)) {
            left -= weight(rank);
            rank++;
        }
        return rank;
    }

    private static double weight(int rank) {
        return Math.pow(IMBALANCE, -rank / (CLASSES - 1.0));
    }

    private LearningStream open(long seed) {
        List<Integer> kept = IntStream.range(0, CLASSES)
                .filter(ofClass -> strangers != null || !hidden.contains(ofClass))
                .boxed()
                .toList();
        GreyImages images = GreyImages.of(data.training(), kept);
        if (strangers != null) {
            images = images.and(strangers);
        }
        ImageDeck known = deck(seed, images.numbers(truth -> truth != Sample.UNLABELED), 0);
        ImageDeck unknown = deck(seed, images.numbers(truth -> truth == Sample.UNLABELED), 1);
        List<Scene> scenes = scenes(sequence -> {
            boolean strange = Chance.of(seed, Question.KIND, sequence) < UNKNOWN_SHARE;
            int image = strange ? unknown.deal() : known.deal();
            return new Scene(image, View.CLEAN, source(seed, sequence, SOURCES), 0, !strange);
        });
        GreyImages judged = GreyImages.of(data.test(), kept);
        TestSet test = test("clean", judged, View.CLEAN, judged.numbers(truth -> truth != Sample.UNLABELED));
        Script script = new Script(StreamName.S5.text(), scenes, Collections.nCopies(kept.size(), 0L), List.of());
        return new ImageStream(script, images, seed, habits, Tests.of(List.of(test)));
    }

    /**
     * The last camera puts images of the target class with a trigger in the place of some of its own. Nobody labels these.
     *
     * @param share of all frames
     */
    private LearningStream poisoned(StreamName name, long seed, double share) {
        GreyImages images = known();
        ImageDeck honest = deck(seed, images.numbers(truth -> true), 0);
        ImageDeck target = deck(seed, images.numbers(truth -> truth == POISON_TARGET), 1);
        View trigger = new View.Triggered();
        List<Scene> scenes = scenes(sequence -> {
            int source = source(seed, sequence, POISON_SOURCES);
            boolean poison =
                    source == POISON_SOURCES - 1 && Chance.of(seed, Question.KIND, sequence) < share * POISON_SOURCES;
            return poison
                    ? new Scene(target.deal(), trigger, source, 0, false)
                    : new Scene(honest.deal(), View.CLEAN, source, 0, true);
        });
        GreyImages judged = known(data.test());
        int[] others = judged.numbers(truth -> truth != POISON_TARGET);
        TestSet triggered = test("triggered", judged, trigger, others);
        List<Sample> wanted = triggered.all().stream()
                .map(sample -> sample.labeled(POISON_TARGET))
                .toList();
        Tests tests = new Tests(List.of(test(judged, View.CLEAN)), false, wanted);
        return new ImageStream(script(name, scenes, List.of()), images, seed, habits, tests);
    }

    private List<Scene> scenes(IntFunction<Scene> scene) {
        List<Scene> scenes = new ArrayList<>(length);
        for (int sequence = 0; sequence < length; sequence++) {
            scenes.add(scene.apply(sequence));
        }
        return scenes;
    }

    private GreyImages known() {
        return known(data.training());
    }

    private static GreyImages known(ImageSet images) {
        return GreyImages.of(images, IntStream.range(0, CLASSES).boxed().toList());
    }

    private static Script script(StreamName name, List<Scene> scenes, List<Long> drifts) {
        return new Script(name.text(), scenes, Collections.nCopies(CLASSES, 0L), drifts);
    }

    private static ImageDeck deck(long seed, int[] images, int number) {
        return new ImageDeck(images, Chance.bits(seed, Question.ORDER, number));
    }

    private static int source(long seed, long sequence, int sources) {
        return (int) (Chance.of(seed, Question.SOURCE, sequence) * sources);
    }

    private static TestSet test(GreyImages images, View view) {
        return test(view.text(), images, view, images.numbers(truth -> true));
    }

    private static TestSet test(String name, GreyImages images, View view, int[] numbers) {
        return new TestSet(name, numbers.length, i -> {
            byte[] seen = view.of(images.pixels(numbers[i]), images.width(), numbers[i]);
            return new Sample(name + "-" + numbers[i], "test", images.values(seen), images.truth(numbers[i]));
        });
    }
}
