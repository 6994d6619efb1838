package io.millrace.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.record.ModelVersion;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.Settings;
import io.millrace.trainer.ChampionFollower.Champion;
import io.millrace.trainer.ModelRelease.Candidate;
import io.millrace.trainer.ModelRelease.Release;
import io.millrace.trainer.batch.Sample;
import io.millrace.trainer.learn.Learner;
import io.millrace.trainer.model.Compute;
import io.millrace.trainer.model.NetworkConfig;
import io.millrace.trainer.model.Tensor;
import io.millrace.trainer.publish.FakeBlobs;
import io.millrace.trainer.publish.ModelCatalog;
import io.millrace.trainer.publish.ModelTopics;
import io.millrace.trainer.publish.ModelTopics.Signer;
import io.millrace.trainer.publish.UnusableVersionException;
import io.millrace.trainer.publish.UnusableVersionException.Reason;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who loads a champion, predictor and trainer, loads a verified one or none. */
class SignedChampionIT {
    @TempDir
    private static Path directory;

    private static Compute compute;
    private static Signer signer;
    private static Signer stranger;

    private final FakeBlobs blobs = new FakeBlobs();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private PipelineSettings pipeline;
    private TrainerSettings settings;
    private NetworkConfig network;
    private ModelTopics topics;
    private ModelCatalog catalog;
    private ModelRelease release;

    @BeforeAll
    static void start() {
        compute = Compute.open("cpu", 1);
        signer = Signer.in(directory, "signer");
        stranger = Signer.in(directory, "stranger");
    }

    @AfterAll
    static void stop() {
        compute.close();
    }

    @BeforeEach
    void open() {
        Settings given = ModelTopics.settings(Map.of("pipeline.trusted.signers", signer.trusted()));
        pipeline = PipelineSettings.from(given);
        settings = TrainerSettings.from(given);
        network = settings.learn().network(pipeline.frameShape(), 2);
        topics = new ModelTopics(pipeline);
        catalog = new ModelCatalog(pipeline, blobs, InstantSource.system(), topics.consumer);
        release = new ModelRelease(pipeline, settings, network, compute, catalog, blobs, InstantSource.system());
    }

    @AfterEach
    void close() {
        catalog.close();
    }

    @Test
    void shouldKeepTheOldChampionWhenTheNewOneIsNotSignedByATrustedSigner() throws Exception {
        // Given
        ModelVersion good = version(1);
        ModelVersion unsigned = version(2);
        ModelVersion strange = version(3);
        ModelVersion next = version(4);
        ChampionFollower follower = new ChampionFollower(pipeline, compute, catalog, meters, InstantSource.system());
        Thread thread = new Thread(follower, "follower");
        topics.publish(good, signer.key());
        topics.promote(good);
        // When
        thread.start();
        try {
            Champion first = follower.awaitFirst(() -> false);
            assertThat(first.version()).isEqualTo(good);
            first.model().close();
            topics.publish(unsigned, null);
            topics.promote(unsigned);
            await(() -> refused("unsigned") > 0);
            topics.publish(strange, stranger.key());
            topics.promote(strange);
            await(() -> refused("unknown_signer") > 0);
            // Then
            assertThat(follower.takeNext()).isNull();
            topics.publish(next, signer.key());
            topics.promote(next);
            Champion second = follower.awaitFirst(() -> false);
            assertThat(second.version()).isEqualTo(next);
            second.model().close();
        } finally {
            follower.stop();
            thread.join();
        }
    }

    @Test
    void shouldEndWhenTheStoreDoesNotGiveTheChampionInsteadOfReplacingIt() {
        // Given
        ModelVersion good = version(1);
        topics.publish(good, signer.key());
        topics.promote(good);
        blobs.broken.add("get");
        // When
        assertThatThrownBy(() -> release.challenge(candidate(2), holdout()))
                // Then
                .isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void shouldReplaceAChampionThatNobodyMayLoad() {
        // Given
        ModelVersion unsigned = version(1);
        topics.publish(unsigned, null);
        topics.promote(unsigned);
        // When
        Release made = release.challenge(candidate(2), holdout());
        // Then
        assertThat(made.alias())
                .hasValueSatisfying(alias ->
                        assertThat(alias.getVersion()).isEqualTo(made.version().getVersion()));
    }

    @Test
    void shouldFetchADamagedChampionSeldomAndAMissingOneSoon() throws Exception {
        // Given
        AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
        ChampionFollower follower = new ChampionFollower(pipeline, compute, catalog, meters, now::get);
        Thread thread = new Thread(follower, "follower");
        ModelVersion damaged = version(1);
        ModelVersion missing = version(2);
        ModelVersion good = version(3);
        blobs.blobs.put(damaged.getSha256(), new byte[1]);
        byte[] artifact = blobs.blobs.remove(missing.getSha256());
        topics.publish(damaged, signer.key());
        topics.promote(damaged);
        // When
        thread.start();
        try {
            await(() -> refused("corrupt") == 1);
            now.set(Instant.EPOCH.plusSeconds(60));
            awaitPolls();
            // Then
            assertThat(refused("corrupt")).isEqualTo(1);
            now.set(Instant.EPOCH.plusSeconds(300));
            await(() -> refused("corrupt") == 2);
            topics.publish(missing, signer.key());
            topics.promote(missing);
            await(() -> refused("missing") == 1);
            now.set(Instant.EPOCH.plusSeconds(301));
            await(() -> refused("missing") == 2);
            blobs.put(artifact);
            now.set(Instant.EPOCH.plusSeconds(302));
            Champion first = follower.awaitFirst(() -> false);
            assertThat(first.version()).isEqualTo(missing);
            first.model().close();
            topics.promote(damaged);
            await(() -> refused("corrupt") == 3);
            topics.publish(good, signer.key());
            topics.promote(good);
            Champion second = follower.awaitFirst(() -> false);
            assertThat(second.version()).isEqualTo(good);
            second.model().close();
        } finally {
            follower.stop();
            thread.join();
        }
    }

    @Test
    void shouldNotFetchAChampionThatDoesNotFit() {
        // Given
        ModelVersion strange = otherClasses(version(1));
        topics.publish(strange, signer.key());
        topics.promote(strange);
        catalog.readToEnd();
        blobs.calls.clear();
        // When
        assertThatThrownBy(() -> ModelLoader.load(pipeline, compute, catalog, strange))
                // Then
                .isInstanceOfSatisfying(
                        UnusableVersionException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(Reason.INCOMPATIBLE));
        assertThat(blobs.calls).isEmpty();
    }

    @Test
    void shouldMeasureAChampionWithOtherClassesAsOneThatCannotAnswer() {
        // Given
        ModelVersion strange = otherClasses(version(1));
        topics.publish(strange, signer.key());
        topics.promote(strange);
        // When
        Release made = release.challenge(candidate(2), holdout());
        // Then
        assertThat(made.trial())
                .hasValueSatisfying(
                        trial -> assertThat(trial.champion().accuracy()).isZero());
        assertThat(made.alias()).isPresent();
    }

    @Test
    void shouldPromoteWhenTheAliasNamesNoVersion() {
        // Given
        topics.promote(version(1));
        // When
        Release made = release.challenge(candidate(2), holdout());
        // Then
        assertThat(made.alias()).isPresent();
    }

    private static ModelVersion otherClasses(ModelVersion version) {
        return ModelVersion.newBuilder(version)
                .setClasses(List.of("bright", "dark"))
                .build();
    }

    /** Waits until the follower has polled, looked at what there is, and polls again. */
    private void awaitPolls() throws InterruptedException {
        CountDownLatch polls = new CountDownLatch(3);
        for (long i = polls.getCount(); i > 0; i--) {
            topics.consumer.schedulePollTask(polls::countDown);
        }
        assertThat(polls.await(30, TimeUnit.SECONDS)).isTrue();
    }

    private ModelVersion version(long step) {
        return release.bootstrap(candidate(step)).version();
    }

    private Candidate candidate(long step) {
        try (Learner learner = new Learner(compute, network, settings.learn())) {
            List<Tensor> weights = learner.teacherWeights();
            weights.get(0).values()[0] += step; // so that each has an artifact of its own
            return new Candidate(step, weights, 1, 0.5, Map.of());
        }
    }

    private List<Sample> holdout() {
        List<Sample> holdout = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            float[] values = new float[64];
            Arrays.fill(values, i / 12f);
            holdout.add(new Sample("f-" + i, "camera", values, i % 2));
        }
        return holdout;
    }

    private double refused(String reason) {
        return meters.get("predictor.refused.champions")
                .tag("reason", reason)
                .counter()
                .count();
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long until = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(until);
            Thread.sleep(10);
        }
    }
}
