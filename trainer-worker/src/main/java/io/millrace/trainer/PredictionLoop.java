package io.millrace.trainer;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.millrace.record.Frame;
import io.millrace.record.Prediction;
import io.millrace.record.Verdict;
import io.millrace.runtime.PipelineSettings;
import io.millrace.schemas.AvroDeserializer;
import io.millrace.schemas.Decoding;
import io.millrace.schemas.Topic;
import io.millrace.schemas.Topics;
import io.millrace.trainer.ChampionFollower.Champion;
import io.millrace.trainer.evaluate.Calibration;
import io.millrace.trainer.evaluate.Evaluation;
import io.millrace.trainer.ingest.FrameReader;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;

/**
 * The path of a frame to its answer: poll, decode, champion, calibrate, answer. Predictions and offsets are committed in
 * one transaction a poll, so every accepted frame is answered exactly once. More predictors share the partitions.
 *
 * <p>Not thread-safe: one thread runs it, and it owns everything it was given.
 */
final class PredictionLoop {
    private static final Duration POLL = Duration.ofMillis(100);

    private final Topics topics;
    private final List<String> classes;
    private final Consumer<byte[], byte[]> consumer;
    private final Producer<String, byte[]> producer;
    private final FrameReader reader;
    private final ChampionFollower follower;
    private final InstantSource clock;
    private final AvroDeserializer<Frame> frames;
    private final Timer batches;
    private final Counter answered;
    private final Counter unreadable;
    private volatile boolean answering;

    /**
     * @param consumer not subscribed yet
     * @param producer transactional
     * @param reader decodes frames
     */
    record Parts(
            Consumer<byte[], byte[]> consumer,
            Producer<String, byte[]> producer,
            FrameReader reader,
            ChampionFollower follower) {}

    PredictionLoop(PipelineSettings pipeline, Parts parts, MeterRegistry meters, InstantSource clock) {
        this.topics = pipeline.topics();
        this.classes = pipeline.classes();
        this.consumer = parts.consumer();
        this.producer = parts.producer();
        this.reader = parts.reader();
        this.follower = parts.follower();
        this.clock = clock;
        this.frames = new AvroDeserializer<>(pipeline.schemaIds(), Frame.class);
        this.batches = Timer.builder("predictor.batch.duration")
                .description("One poll of frames, from records to committed predictions")
                .serviceLevelObjectives(Duration.ofMillis(20), Duration.ofMillis(100), Duration.ofMillis(500))
                .register(meters);
        this.answered = meters.counter("predictor.predictions");
        this.unreadable = meters.counter("predictor.frames.unreadable");
    }

    /** Answers until stopped. */
    void run(BooleanSupplier stop) {
        producer.initTransactions();
        Champion current = follower.awaitFirst(stop);
        if (current == null) {
            return;
        }
        answering = true;
        consumer.subscribe(List.of(topics.acceptedFrames().name()));
        while (!stop.getAsBoolean()) {
            current = swapped(current);
            Champion model = current;
            ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
            if (!records.isEmpty()) {
                batches.record(() -> answer(model, records));
            }
        }
        current.model().close();
    }

    /** True once there is a champion; from any thread. */
    boolean isAnswering() {
        return answering;
    }

    private Champion swapped(Champion current) {
        Champion next = follower.takeNext();
        if (next == null) {
            return current;
        }
        current.model().close();
        return next;
    }

    private void answer(Champion current, ConsumerRecords<byte[], byte[]> records) {
        List<Frame> readable = new ArrayList<>();
        List<float[]> samples = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            Frame frame = frames.deserialize(record.topic(), record.value());
            if (frame != null && reader.decode(frame) instanceof Decoding.Decoded decoded) {
                readable.add(frame);
                samples.add(decoded.values());
            } else {
                unreadable.increment(); // validated before it was accepted: only a lost blob leads here
            }
        }
        producer.beginTransaction();
        try {
            float[][] logits =
                    samples.isEmpty() ? new float[0][] : current.model().logits(samples);
            for (int i = 0; i < readable.size(); i++) {
                send(topics.predictions(), prediction(current, readable.get(i), logits[i]));
            }
            producer.sendOffsetsToTransaction(nextOffsets(records), consumer.groupMetadata());
            producer.commitTransaction();
            answered.increment(readable.size());
        } catch (CommitFailedException | RetriableException e) {
            // The group was rebalanced or the coordinator moved: whoever has the partitions now answers these frames.
            producer.abortTransaction();
            rewind();
        }
    }

    private void send(Topic<Prediction> topic, Prediction prediction) {
        byte[] value = topic.values().serializer().serialize(topic.name(), prediction);
        var unused = producer.send(new ProducerRecord<>(topic.name(), prediction.getSourceId(), value));
    }

    private Prediction prediction(Champion current, Frame frame, float[] logits) {
        double[] probabilities =
                Calibration.probabilities(logits, current.version().getTemperature());
        int best = Evaluation.argMax(probabilities);
        List<Float> rounded = new ArrayList<>(probabilities.length);
        for (double probability : probabilities) {
            rounded.add((float) probability);
        }
        boolean confident = probabilities[best] >= current.version().getConfidenceThreshold();
        return new Prediction(
                frame.getFrameId(),
                frame.getSourceId(),
                frame.getCapturedAt(),
                clock.instant(),
                best,
                classes.get(best),
                (float) probabilities[best],
                rounded,
                current.version().getVersion(),
                confident ? Verdict.CONFIDENT : Verdict.UNCERTAIN,
                null);
    }

    private static Map<TopicPartition, OffsetAndMetadata> nextOffsets(ConsumerRecords<byte[], byte[]> records) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        for (TopicPartition partition : records.partitions()) {
            List<ConsumerRecord<byte[], byte[]>> ofPartition = records.records(partition);
            offsets.put(
                    partition,
                    new OffsetAndMetadata(
                            ofPartition.get(ofPartition.size() - 1).offset() + 1));
        }
        return offsets;
    }

    private void rewind() {
        Set<TopicPartition> assigned = consumer.assignment();
        Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(assigned);
        for (TopicPartition partition : assigned) {
            OffsetAndMetadata next = committed.get(partition);
            if (next == null) {
                consumer.seekToBeginning(List.of(partition));
            } else {
                consumer.seek(partition, next.offset());
            }
        }
    }
}
