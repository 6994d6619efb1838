package io.millrace.trainer.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.record.LabelRequest;
import io.millrace.record.RequestReason;
import io.millrace.trainer.batch.HoldoutRule;
import io.millrace.trainer.batch.LabeledBuffer;
import io.millrace.trainer.batch.LabeledBuffer.Eviction;
import io.millrace.trainer.batch.Sample;
import io.millrace.trainer.batch.UnlabeledBuffer;
import io.millrace.trainer.learn.Outlook;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LabelRequestsTest {
    private static final double HOLDOUT = 0.1;
    private static final HoldoutRule RULE = new HoldoutRule(HOLDOUT);
    private static final Instant NOW = Instant.EPOCH;

    private final UnlabeledBuffer unlabeled = new UnlabeledBuffer(2_000);
    private final LabeledBuffer labeled = new LabeledBuffer(100, Eviction.OLDEST);
    private int asked;

    @Test
    void shouldAskForNothingWithoutABudget() {
        LabelRequests requests = requests(0, 0.2, 50);

        assertThat(feed(requests, 0, 1_000)).isEmpty();

        assertThat(asked).as("calls of the teacher").isZero();
    }

    @Test
    void shouldSpendItsBudgetByTheFramesSeen() {
        List<LabelRequest> made = feed(requests(0.05, 0.2, 100), 0, 20_000);

        long random = made.stream().filter(LabelRequestsTest::isRandom).count();
        assertThat(made.size() - random).isBetween(790L, 800L); // 0.05 x 0.8 x 20,000, less the last window
        assertThat(random).isBetween(145L, 255L); // 0.05 x 0.2 x 20,000, four standard deviations
        assertThat(made).extracting(LabelRequest::getFrameId).doesNotHaveDuplicates();
        assertThat(made).allMatch(request -> request.getScore() >= 0 && request.getScore() <= 1);
    }

    @Test
    void shouldAskForHeldOutFramesAtRandomOnly() {
        List<LabelRequest> made = feed(requests(0.2, 0.2, 50), 0, 20_000);

        assertThat(made)
                .filteredOn(request -> RULE.holdsOut(request.getFrameId()))
                .hasSizeBetween(320, 480)
                .allMatch(LabelRequestsTest::isRandom);
        assertThat(made).filteredOn(request -> !isRandom(request)).hasSizeGreaterThan(3_000);
    }

    @Test
    void shouldTakeTheBestOfEachWindow() {
        // One request for each window of ten frames; frame 7 of each ten is the one the teacher is torn about.
        LabelRequests requests = new LabelRequests(new RequestSettings(0.1, 0, 10), 0);
        List<LabelRequest> made = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            see(requests, i, false);
            made.addAll(requests.take(NOW));
        }

        assertThat(made)
                .extracting(LabelRequest::getFrameId)
                .containsExactly("frame-7", "frame-17", "frame-27", "frame-37", "frame-47");
    }

    @Test
    void shouldPassOverWhatIsLabeledAlready() {
        LabelRequests requests = new LabelRequests(new RequestSettings(0.1, 0, 10), 0);
        labeled.put(frame(7).labeled(1));
        for (int i = 0; i < 10; i++) {
            see(requests, i, false);
        }

        assertThat(requests.take(NOW))
                .singleElement()
                .satisfies(request -> assertThat(request.getFrameId()).isNotEqualTo("frame-7"));
    }

    @Test
    void shouldTellChosenFramesFromOthersWhenTheirLabelsCome() {
        LabelRequests requests = new LabelRequests(new RequestSettings(0.1, 0, 10), 0);
        for (int i = 0; i < 10; i++) {
            see(requests, i, false);
        }

        assertThat(requests.answered("frame-3")).isFalse();
        assertThat(requests.answered("frame-7")).isTrue();
        assertThat(requests.answered("frame-7")).as("told once").isFalse();
        assertThat(requests.state().open()).isEmpty();
    }

    @Test
    void shouldCountRandomRequestsAsFairSamples() {
        LabelRequests requests = requests(1, 1, 10);
        List<LabelRequest> made = feed(requests, 0, 20);

        assertThat(made).hasSize(20).allMatch(LabelRequestsTest::isRandom);
        assertThat(made).noneMatch(request -> requests.answered(request.getFrameId()));
    }

    @Test
    void shouldGoOnAlikeFromItsState() {
        LabelRequests unbroken = requests(0.07, 0.2, 33);
        LabelRequests before = requests(0.07, 0.2, 33);
        List<LabelRequest> first = feed(unbroken, 0, 500);
        List<LabelRequest> second = feed(unbroken, 500, 1_000);

        UnlabeledBuffer replayed = new UnlabeledBuffer(2_000);
        List<LabelRequest> again = feed(before, 0, 500, replayed);
        LabelRequests after = requests(0.07, 0.2, 33);
        after.restore(before.state());
        List<LabelRequest> rest = feed(after, 500, 1_000, replayed);

        assertThat(again).isEqualTo(first);
        assertThat(rest).isEqualTo(second).isNotEmpty();
        assertThat(after.state().chosen()).isEqualTo(unbroken.state().chosen()).isNotEmpty();
    }

    @Test
    void shouldNameTheVersionThatAsks() {
        LabelRequests requests = requests(1, 1, 10);
        requests.askedBy("12-abc");

        assertThat(feed(requests, 0, 1)).singleElement().satisfies(request -> {
            assertThat(request.getModelVersion()).isEqualTo("12-abc");
            assertThat(request.getRequestedAt()).isEqualTo(NOW);
            assertThat(request.getSourceId()).isEqualTo("camera-1");
        });
    }

    private static LabelRequests requests(double budget, double random, int window) {
        return new LabelRequests(new RequestSettings(budget, random, window), HOLDOUT);
    }

    private List<LabelRequest> feed(LabelRequests requests, int from, int to) {
        return feed(requests, from, to, unlabeled);
    }

    private List<LabelRequest> feed(LabelRequests requests, int from, int to, UnlabeledBuffer recent) {
        for (int i = from; i < to; i++) {
            Sample frame = frame(i);
            boolean heldOut = RULE.holdsOut(frame.frameId());
            requests.see(frame, heldOut);
            if (!heldOut) {
                recent.addAll(List.of(frame));
            }
            requests.choose(recent, labeled, this::outlook, 1);
        }
        return requests.take(NOW);
    }

    private void see(LabelRequests requests, int i, boolean heldOut) {
        requests.see(frame(i), heldOut);
        unlabeled.addAll(List.of(frame(i)));
        requests.choose(unlabeled, labeled, this::outlook, 1);
    }

    private static Sample frame(int i) {
        return new Sample("frame-" + i, "camera-1", new float[] {i}, Sample.UNLABELED);
    }

    private static boolean isRandom(LabelRequest request) {
        return request.getReason() == RequestReason.RANDOM;
    }

    /** Torn about each tenth frame, sure of the others; features all about a circle. */
    private Outlook outlook(List<float[]> samples) {
        asked++;
        float[][] probabilities = new float[samples.size()][];
        float[][] features = new float[samples.size()][];
        for (int i = 0; i < samples.size(); i++) {
            int number = (int) samples.get(i)[0];
            probabilities[i] = number % 10 == 7 ? new float[] {0.5f, 0.5f} : new float[] {0.99f, 0.01f};
            features[i] = new float[] {(float) Math.cos(number), (float) Math.sin(number)};
        }
        return new Outlook(probabilities, features);
    }
}
