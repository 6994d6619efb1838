package io.millrace.trainer;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.millrace.record.Frame;
import io.millrace.record.Prediction;
import io.millrace.record.Verdict;
import io.millrace.runtime.PipelineSettings;
import io.millrace.schemas.Topic;
import io.millrace.schemas.Topics;
import io.millrace.trainer.ChampionFollower.Champion;
import io.millrace.trainer.evaluate.Calibration;
import io.millrace.trainer.evaluate.Evaluation;
import io.millrace.trainer.ingest.SampleDecoder;
import io.millrace.trainer.ingest.SampleDecoder.Readable;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The path of a frame to its answer: poll, decode, champion, calibrate, answer. Predictions and offsets are committed in
 * one transaction a poll, so every accepted frame is answered exactly once. More predictors share the partitions.
 *
 * <p>Not thread-safe: one thread runs it, and it owns everything it was given.
 */
final class PredictionLoop {
    private static final Logger LOGGER = LoggerFactory.getLogger(PredictionLoop.class);
    private static final Duration POLL = Duration.ofMillis(100);

    private final Topics topics;
    private final List<String> classes;
    private final Consumer<byte[], byte[]> consumer;
    private final Producer<String, byte[]> producer;
    private final SampleDecoder decoder;
    private final ChampionFollower follower;
    private final InstantSource clock;
    private final Timer batches;
    private final Counter answered;
    private final Counter unreadable;
    private volatile boolean answering;

    /**
     * @param consumer not subscribed yet
     * @param producer transactional
     * @param decoder decodes frames
     * @param follower keeps the next champion ready
     */
    record Parts(
            Consumer<byte[], byte[]> consumer,
            Producer<String, byte[]> producer,
            SampleDecoder decoder,
            ChampionFollower follower) {}

    PredictionLoop(PipelineSettings pipeline, Parts parts, MeterRegistry meters, InstantSource clock) {
        this.topics = pipeline.topics();
        this.classes = pipeline.classes();
        this.consumer = parts.consumer();
        this.producer = parts.producer();
        this.decoder = parts.decoder();
        this.follower = parts.follower();
        this.clock = clock;
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
        List<Readable> readable = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            decoder.read(record).ifPresentOrElse(readable::add, unreadable::increment);
        }
        List<float[]> samples =
                readable.stream().map(read -> read.sample().values()).toList();
        float[][] logits = samples.isEmpty() ? new float[0][] : current.model().logits(samples);
        producer.beginTransaction();
        try {
            for (int i = 0; i < logits.length; i++) {
                send(topics.predictions(), prediction(current, readable.get(i).frame(), logits[i]));
            }
            producer.sendOffsetsToTransaction(nextOffsets(records), consumer.groupMetadata());
            producer.commitTransaction();
            answered.increment(readable.size());
        } catch (ProducerFencedException | AuthorizationException | InvalidPidMappingException | TimeoutException e) {
            throw e; // the producer cannot go on, or does not know how its commit ended: the process starts again
        } catch (KafkaException e) {
            // Rebalanced, or the coordinator moved: whoever has the partitions now answers these frames.
            LOGGER.atWarn().setCause(e).log("Predictions are rolled back and made again");
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
