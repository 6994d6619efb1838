package io.millrace.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.quickstart.data.Drift;
import io.millrace.quickstart.data.FashionData;
import io.millrace.quickstart.data.FrameStream;
import io.millrace.quickstart.data.StreamPlan;
import io.millrace.quickstart.feed.FrameFeed;
import io.millrace.quickstart.feed.LabelPlan.Habits;
import io.millrace.quickstart.feed.Labeler;
import io.millrace.quickstart.feed.Labeler.Kind;
import io.millrace.quickstart.feed.Pace;
import io.millrace.record.Encoding;
import io.millrace.record.LedgerRow;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.loop.Background;
import io.millrace.stream.StreamCommand;
import io.millrace.trainer.TrainerCommand;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Two stream-apps, two predictors and a trainer, each a process: one of each is killed while frames flow. The others
 * take over, and nothing is lost or doubled.
 */
class TakeoverIT {
    private static final Logger LOGGER = LoggerFactory.getLogger(TakeoverIT.class);
    private static final long SEED = Long.getLong("takeover.seed", 7);
    private static final double FRAMES_PER_SECOND = 60;
    /** More than will be sent: the stream is stopped when the test has seen enough. */
    private static final long LONG_STREAM = 50_000;

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir
    private Path directory;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final List<ChildProcess> children = new ArrayList<>();
    private TestPipeline broker;
    private PipelineSettings pipeline;
    private Arrivals arrivals;
    private Admin admin;

    @BeforeEach
    void start() throws Exception {
        broker = new TestPipeline(directory.resolve("broker"));
        pipeline = broker.settings();
        arrivals = new Arrivals(pipeline);
        admin = Admin.create(new HashMap<>(pipeline.kafka()));
    }

    @AfterEach
    void stop() throws InterruptedException {
        for (ChildProcess child : children) {
            child.close();
        }
        admin.close();
        arrivals.close();
        broker.close();
    }

    @Test
    void shouldLoseAndDoubleNothingWhenOneOfEachIsKilledAndAnotherIsStopped() throws Exception {
        List<ChildProcess> streams = List.of(stream("stream-0"), stream("stream-1"));
        List<ChildProcess> predictors = List.of(trainer("predictor-0", "predict"), trainer("predictor-1", "predict"));
        ChildProcess trainer = trainer("trainer-0", "train");
        await(
                "two members in each group",
                () -> shares("stream-app", "frames") == 2 && shares("predictor", "accepted-frames") == 2);

        FrameStream frames = new FrameStream(
                FashionData.bundled().training(), new StreamPlan(SEED, 4, Drift.NONE, LONG_STREAM, Encoding.PNG));
        InstantSource clock = InstantSource.system();
        Habits habits = new Habits(0.1, 100, 0, 100, 3);
        Labeler labels = new Labeler(pipeline, frames.copy(), habits, Kind.RANDOM);
        try (Background labeler = Background.start(labels, "label", this::fail)) {
            try (Background feed = Background.start(
                    new FrameFeed(pipeline, frames, new Pace.Fixed(FRAMES_PER_SECOND), clock), "feed", this::fail)) {
                predictedFurther(150 + random.nextInt(150));
                killOneOfEach(streams, predictors, trainer);
                stopGracefully(streams);
                assertThat(feed.isRunning()).as("frames flowed all the time").isTrue();
            }
            await("a label for every frame that is due one", this::isComplete);
            assertThat(labeler.isRunning()).isTrue();
        }
        await("everything", this::isComplete);
        assertNothingIsLostOrDoubled();
    }

    private void killOneOfEach(List<ChildProcess> streams, List<ChildProcess> predictors, ChildProcess trainer)
            throws InterruptedException, IOException {
        arrivals.listen();
        streams.get(0).kill();
        predictedFurtherOrFor(random.nextInt(30));
        predictors.get(random.nextInt(2)).kill();
        predictedFurtherOrFor(random.nextInt(30));
        trainer.kill();
        Instant killed = Instant.now();
        trainer("trainer-1", "train");

        await("a stream-app that owns all", () -> ownsAll("stream-app", "frames"));
        await("a predictor that owns all", () -> ownsAll("predictor", "accepted-frames"));
        await(
                "two rows of the second trainer",
                () -> arrivals.ledger.stream()
                                .filter(row -> row.getCommittedAt().isAfter(killed))
                                .count()
                        >= 2);
        int published = arrivals.frames.size();
        await("what came before", () -> arrivals.predicted.size() > published);
        await("the backlog", () -> arrivals.predicted.size() >= published + 60);
        LOGGER.atInfo()
                .addKeyValue("seed", SEED)
                .addKeyValue(
                        "accepted",
                        arrivals.longestSilence(
                                pipeline.topics().acceptedFrames().name()))
                .addKeyValue(
                        "predicted",
                        arrivals.longestSilence(pipeline.topics().predictions().name()))
                .log("Longest silence of a partition after the kills, seconds");
    }

    /** The killed one comes back on its old stores, then the other leaves in order. */
    private void stopGracefully(List<ChildProcess> streams) throws IOException, InterruptedException {
        stream("stream-0");
        await("two stream-apps again", () -> shares("stream-app", "frames") == 2);
        predictedFurther(60);
        arrivals.listen();
        assertThat(streams.get(1).terminate()).isEqualTo(ChildProcess.ENDED_BY_SIGTERM);
        await("the restarted one owns all", () -> ownsAll("stream-app", "frames"));
        int published = arrivals.frames.size();
        await("the backlog", () -> arrivals.predicted.size() >= published + 60);
        LOGGER.atInfo()
                .addKeyValue(
                        "accepted",
                        arrivals.longestSilence(
                                pipeline.topics().acceptedFrames().name()))
                .addKeyValue(
                        "predicted",
                        arrivals.longestSilence(pipeline.topics().predictions().name()))
                .log("Longest silence of a partition after the stop in order, seconds");
    }

    private void assertNothingIsLostOrDoubled() {
        arrivals.readToEnd();
        LOGGER.atInfo()
                .addKeyValue("seed", SEED)
                .addKeyValue("arrivals", arrivals)
                .log("The end");
        assertThat(arrivals.deadLetters).isEmpty();
        assertThat(Arrivals.notOnce(arrivals.frames)).isEmpty();
        assertThat(arrivals.accepted).as("accepted, each once").isEqualTo(arrivals.frames);
        assertThat(arrivals.predicted).as("answered, each once").isEqualTo(arrivals.frames);
        assertThat(Arrivals.notOnce(arrivals.labels)).isEmpty();
        assertThat(arrivals.labels).hasSizeGreaterThan(50);
        assertThat(arrivals.labeled).as("labels joined, each once").isEqualTo(arrivals.labels);
        assertThat(arrivals.outcomes).as("labels scored, each once").isEqualTo(arrivals.labels);
        assertThat(arrivals.doubleInLedger()).as("trained by two ranges").isEmpty();
        assertThat(arrivals.ledger).extracting(LedgerRow::getParentHash).doesNotHaveDuplicates();
        assertThat(arrivals.ledger).hasSizeGreaterThan(3);
    }

    private boolean isComplete() {
        return arrivals.predicted.size() >= arrivals.frames.size()
                && arrivals.labeled.size() >= arrivals.labels.size()
                && arrivals.outcomes.size() >= arrivals.labels.size();
    }

    private ChildProcess stream(String name) throws IOException {
        Map<String, String> settings = settings();
        settings.put("stream.state.dir", directory.resolve(name).toString());
        settings.put("kafka.transaction.timeout.ms", "5000");
        settings.put("stream.commit.interval.ms", "1000"); // so that a kill finds some dozen frames not committed
        return child(ChildProcess.start(directory, name, StreamCommand.class, settings));
    }

    private ChildProcess trainer(String name, String role) throws IOException {
        Map<String, String> settings = settings();
        settings.putAll(Map.of(
                "trainer.roles", role,
                "trainer.network.width", "8",
                "trainer.batch.labeled", "8",
                "trainer.batch.unlabeled", "8",
                "trainer.commit.interval.steps", "32",
                "trainer.threads", "1"));
        return child(ChildProcess.start(directory, name, TrainerCommand.class, settings));
    }

    private Map<String, String> settings() {
        return new HashMap<>(Map.of(
                "kafka.bootstrap.servers",
                broker.broker().bootstrapServers(),
                "kafka.session.timeout.ms",
                "6000",
                "kafka.heartbeat.interval.ms",
                "1000",
                "pipeline.topic.prefix",
                pipeline.topicPrefix(),
                "pipeline.blob.store",
                "file:" + directory.resolve("blobs")));
    }

    private ChildProcess child(ChildProcess child) {
        children.add(child);
        return child;
    }

    /** Members of a group that own partitions of a topic. */
    private int shares(String group, String topic) {
        return (int) owned(group, topic).stream().filter(count -> count > 0).count();
    }

    private boolean ownsAll(String group, String topic) {
        return owned(group, topic).equals(List.of(4));
    }

    private List<Integer> owned(String group, String topic) {
        String name = pipeline.topicPrefix() + topic;
        String id = pipeline.topicPrefix() + group;
        try {
            return admin.describeConsumerGroups(List.of(id)).describedGroups().get(id).get().members().stream()
                    .map(member -> (int) member.assignment().topicPartitions().stream()
                            .filter(partition -> partition.topic().equals(name))
                            .count())
                    .toList();
        } catch (ExecutionException e) {
            return List.of(); // not there yet
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void predictedFurther(int frames) throws InterruptedException {
        int target = arrivals.predicted.size() + frames;
        await(frames + " more predictions", () -> arrivals.predicted.size() >= target);
    }

    /** Lets frames pass; half of them may have stopped, so the clock goes, too. */
    private void predictedFurtherOrFor(int frames) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(frames * 50L);
        int target = arrivals.frames.size() + frames;
        while (System.nanoTime() < end && arrivals.frames.size() < target) {
            arrivals.poll();
        }
    }

    private void await(String what, java.util.function.BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        do {
            arrivals.poll();
            assertThat(failure.get()).isNull();
            assertThat(System.nanoTime())
                    .as("seed %d: waited for %s, got %s; %s", SEED, what, arrivals, children)
                    .isLessThan(deadline);
        } while (!condition.getAsBoolean());
    }

    private void fail(Throwable cause) {
        failure.set(cause);
    }
}
