package io.millrace.quickstart.feed;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import io.millrace.quickstart.data.FrameStream;
import io.millrace.quickstart.read.TopicReader;
import io.millrace.record.Frame;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.loop.Loop;
import io.millrace.schemas.Topic;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cameras: publishes a {@link FrameStream} to {@code frames}, keyed by source, and ends with it. Started again, it
 * goes on behind the last frame that is in the topic.
 *
 * <p>What is published depends on the seed and on when frame 0 was captured: so long before the feed first started that
 * no frame lies in the future, however fast it goes. The time stamp of the Kafka record, which is not part of the frame,
 * is the wall-clock time of sending; latency is measured from it.
 */
public final class FrameFeed implements Loop {
    private static final Logger LOGGER = LoggerFactory.getLogger(FrameFeed.class);
    private static final Duration A_MOMENT = Duration.ofMillis(50);
    private static final Map<String, Object> OWN = Map.of(
            "acks",
            "all",
            "enable.idempotence",
            true,
            "linger.ms",
            5,
            "max.request.size",
            1 << 20,
            "batch.size",
            1 << 17);

    private final PipelineSettings pipeline;
    private final FrameStream stream;
    private final Pace pace;
    private final InstantSource clock;
    private final Topic<Frame> topic;
    private final KafkaProducer<String, Frame> producer;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private volatile boolean stopping;
    private volatile boolean done;

    public FrameFeed(PipelineSettings pipeline, FrameStream stream, Pace pace, InstantSource clock) {
        this.pipeline = pipeline;
        this.stream = stream;
        this.pace = pace;
        this.clock = clock;
        this.topic = pipeline.topics().frames();
        this.producer = new KafkaProducer<>(
                pipeline.kafkaWith(OWN), new StringSerializer(), topic.values().serializer());
    }

    @Override
    public void run() throws InterruptedException {
        FeedPosition position = FeedPosition.read(
                pipeline,
                stream,
                producer.partitionsFor(topic.name()).size(),
                clock.instant()
                        .minus(FrameStream.INTERVAL.multipliedBy(stream.plan().limit())));
        LOGGER.atInfo()
                .addKeyValue("first", position.first())
                .addKeyValue("limit", stream.plan().limit())
                .log("Feed starts");
        if (pace instanceof Pace.Fixed fixed) {
            publishByTheClock(position, fixed);
        } else if (pace instanceof Pace.AsFastAsConsumed max) {
            publishAsConsumed(position, max);
        }
        producer.flush();
        throwIfFailed();
        done = !stopping;
    }

    /** Shows the producer's meters. */
    public void bindTo(MeterRegistry meters) {
        new KafkaClientMetrics(producer).bindTo(meters);
    }

    /** True once every frame of the stream is acknowledged. */
    public boolean isDone() {
        return done;
    }

    @Override
    public void stop() {
        stopping = true;
    }

    @Override
    public void close() {
        producer.close();
    }

    private void publishByTheClock(FeedPosition position, Pace.Fixed fixed) throws InterruptedException {
        long began = System.nanoTime();
        long sent = 0;
        for (long i = position.first(); i < stream.plan().limit() && !stopping; i++) {
            if (!position.holds(i)) {
                long due = began + (long) (sent * (TimeUnit.SECONDS.toNanos(1) / fixed.framesPerSecond()));
                sleepUntil(due);
                publish(i, position);
                sent++;
            }
        }
    }

    private void sleepUntil(long due) throws InterruptedException {
        long left = due - System.nanoTime();
        while (left > 0 && !stopping) {
            TimeUnit.NANOSECONDS.sleep(Math.min(left, A_MOMENT.toNanos()));
            left = due - System.nanoTime();
        }
    }

    private void publishAsConsumed(FeedPosition position, Pace.AsFastAsConsumed max) {
        try (TrainerProgress progress = new TrainerProgress(pipeline)) {
            long settledBefore = progress.settledUpToNow();
            long ahead = Math.max(0, framesInTopic() - settledBefore);
            long published = 0;
            long i = position.first();
            SlowTrainer slow = new SlowTrainer(clock);
            while (i < stream.plan().limit() && !stopping) {
                slow.check(published, max.ahead());
                long settled = progress.settled(published < max.ahead() ? Duration.ZERO : A_MOMENT) - settledBefore;
                long allowed = max.ahead() - (ahead + published - settled);
                for (; allowed > 0 && i < stream.plan().limit() && !stopping; i++) {
                    if (!position.holds(i)) {
                        publish(i, position);
                        published++;
                        allowed--;
                    }
                }
                throwIfFailed();
            }
        }
    }

    /** Frames that are in the topic; what retention has deleted was settled long ago. */
    private long framesInTopic() {
        try (TopicReader reader = new TopicReader(pipeline, List.of(topic.name()))) {
            return reader.size();
        }
    }

    private void publish(long sequence, FeedPosition position) {
        Frame frame = stream.frame(sequence, position.start());
        Future<?> unused = producer.send(
                new ProducerRecord<>(topic.name(), position.partition(sequence), frame.getSourceId(), frame),
                (metadata, exception) -> failure.compareAndSet(null, exception));
    }

    private void throwIfFailed() {
        Exception cause = failure.get();
        if (cause != null) {
            throw new KafkaException("a frame could not be published to " + topic.name(), cause);
        }
    }
}
