package io.millrace.trainer;

import io.millrace.record.Frame;
import io.millrace.record.Prediction;
import io.millrace.record.Verdict;
import io.millrace.runtime.PipelineSettings;
import io.millrace.schemas.Topic;
import io.millrace.schemas.Topics;
import io.millrace.schemas.TraceContext;
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
    private final PredictorMetrics metrics;
    private volatile boolean answering;

    /**
     * @param consumer not subscribed yet
     * @param producer transactional
     * @param decoder decodes frames
     * @param follower keeps the next champion ready
     * @param metrics meters
     */
    record Parts(
            Consumer<byte[], byte[]> consumer,
            Producer<String, byte[]> producer,
            SampleDecoder decoder,
            ChampionFollower follower,
            PredictorMetrics metrics) {}

    PredictionLoop(PipelineSettings pipeline, Parts parts, InstantSource clock) {
        this.topics = pipeline.topics();
        this.classes = pipeline.classes();
        this.consumer = parts.consumer();
        this.producer = parts.producer();
        this.decoder = parts.decoder();
        this.follower = parts.follower();
        this.clock = clock;
        this.metrics = parts.metrics();
    }

    /** Answers until stopped. */
    void run(BooleanSupplier stop) {
        producer.initTransactions();
        Champion current = follower.awaitFirst(stop);
        if (current == null) {
            return;
        }
        metrics.champion(current.version());
        answering = true;
        consumer.subscribe(List.of(topics.acceptedFrames().name()));
        while (!stop.getAsBoolean()) {
            current = swapped(current);
            Champion model = current;
            ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
            if (!records.isEmpty()) {
                metrics.time(() -> answer(model, records));
            }
            metrics.waiting(consumer);
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
        metrics.champion(next.version());
        return next;
    }

    private void answer(Champion current, ConsumerRecords<byte[], byte[]> records) {
        List<Readable> readable = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            decoder.read(record).ifPresent(readable::add);
        }
        List<float[]> samples =
                readable.stream().map(read -> read.sample().values()).toList();
        float[][] logits = samples.isEmpty() ? new float[0][] : current.model().logits(samples);
        List<Prediction> predictions = new ArrayList<>(logits.length);
        producer.beginTransaction();
        try {
            for (int i = 0; i < logits.length; i++) {
                predictions.add(prediction(current, readable.get(i).frame(), logits[i]));
                send(predictions.get(i), TraceContext.of(readable.get(i).headers()));
            }
            producer.sendOffsetsToTransaction(nextOffsets(records), consumer.groupMetadata());
            producer.commitTransaction();
            metrics.unreadable(records.count() - readable.size());
            metrics.answered(predictions);
            metrics.took(readable, clock.instant());
        } catch (ProducerFencedException | AuthorizationException | InvalidPidMappingException | TimeoutException e) {
            throw e; // the producer cannot go on, or does not know how its commit ended: the process starts again
        } catch (KafkaException e) {
            // Rebalanced, or the coordinator moved: whoever has the partitions now answers these frames.
            LOGGER.atWarn().setCause(e).log("Predictions are rolled back and made again");
            producer.abortTransaction();
            metrics.rolledBack();
            rewind();
        }
    }

    private void send(Prediction prediction, TraceContext trace) {
        Topic<Prediction> topic = topics.predictions();
        byte[] value = topic.values().serializer().serialize(topic.name(), prediction);
        var unused = producer.send(
                new ProducerRecord<>(topic.name(), null, prediction.getSourceId(), value, trace.headers()));
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
