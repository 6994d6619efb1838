package io.millrace.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.record.ModelVersion;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.Settings;
import io.millrace.trainer.ModelRelease.Candidate;
import io.millrace.trainer.ingest.SampleDecoder;
import io.millrace.trainer.learn.Learner;
import io.millrace.trainer.model.Compute;
import io.millrace.trainer.model.NetworkConfig;
import io.millrace.trainer.publish.FakeBlobs;
import io.millrace.trainer.publish.ModelCatalog;
import io.millrace.trainer.publish.ModelTopics;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PredictionLoopIT {
    private static Compute compute;

    private final FakeBlobs blobs = new FakeBlobs();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AtomicBoolean stop = new AtomicBoolean();

    @BeforeAll
    static void start() {
        compute = Compute.open("cpu", 1);
    }

    @AfterAll
    static void close() {
        compute.close();
    }

    @Test
    void shouldCountAnUnreadableFrameOnceWhenItsBatchWasRolledBack() throws Exception {
        // Given
        Settings given = ModelTopics.settings(Map.of());
        PipelineSettings pipeline = PipelineSettings.from(given);
        TopicPartition partition =
                new TopicPartition(pipeline.topics().acceptedFrames().name(), 0);
        ConsumerRecord<byte[], byte[]> junk = new ConsumerRecord<>(partition.topic(), 0, 0, null, new byte[] {1});
        MockProducer<String, byte[]> producer =
                new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer());
        producer.commitTransactionException = new KafkaException("rebalanced");
        MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
        consumer.updateBeginningOffsets(Map.of(partition, 0L));
        consumer.schedulePollTask(() -> {
            consumer.rebalance(List.of(partition));
            consumer.addRecord(junk);
        });
        consumer.schedulePollTask(() -> {
            producer.commitTransactionException = null;
            consumer.addRecord(junk);
        });
        consumer.schedulePollTask(() -> stop.set(true));
        ChampionFollower follower = follower(pipeline, TrainerSettings.from(given));
        Thread thread = new Thread(follower, "follower");
        thread.start();
        // When
        try (PredictorMetrics metrics = new PredictorMetrics(meters, pipeline.classes())) {
            new PredictionLoop(
                            pipeline,
                            new PredictionLoop.Parts(
                                    consumer, producer, new SampleDecoder(pipeline, blobs), follower, metrics),
                            InstantSource.system())
                    .run(stop::get);
        } finally {
            follower.stop();
            thread.join();
        }
        // Then
        assertThat(count("predictor.rolled.back.batches")).isEqualTo(1);
        assertThat(producer.commitCount()).isEqualTo(1);
        assertThat(count("predictor.unreadable.frames")).isEqualTo(1);
    }

    /** Follows topics that name a champion. */
    private ChampionFollower follower(PipelineSettings pipeline, TrainerSettings settings) {
        ModelTopics topics = new ModelTopics(pipeline);
        ModelCatalog catalog = new ModelCatalog(pipeline, blobs, InstantSource.system(), topics.consumer);
        NetworkConfig network = settings.learn().network(pipeline.frameShape(), 2);
        ModelRelease release =
                new ModelRelease(pipeline, settings, network, compute, catalog, blobs, InstantSource.system());
        try (Learner learner = new Learner(compute, network, settings.learn())) {
            ModelVersion version = release.bootstrap(new Candidate(1, learner.teacherWeights(), 1, 0.5, Map.of()))
                    .version();
            topics.publish(version, null);
            topics.promote(version);
        }
        return new ChampionFollower(pipeline, compute, catalog, meters, InstantSource.system());
    }

    private double count(String name) {
        return meters.get(name).counter().count();
    }
}
