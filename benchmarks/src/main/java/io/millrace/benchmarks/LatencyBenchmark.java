package io.millrace.benchmarks;

import io.millrace.quickstart.data.FashionData;
import io.millrace.quickstart.data.FrameStream;
import io.millrace.quickstart.data.StreamPlan;
import io.millrace.quickstart.read.TopicReader;
import io.millrace.record.Frame;
import io.millrace.record.Prediction;
import io.millrace.schemas.Topics;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Time from the moment a frame is due at a fixed rate until a reader of what is committed has it as accepted, and until
 * it has the prediction. From the due moment, not from that of sending: a sender that falls behind is no excuse.
 */
@Command(
        name = "latency",
        description = "Latency from a published frame to its prediction, on a real broker at a fixed rate.")
final class LatencyBenchmark implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Mixin
    BenchmarkOptions options = new BenchmarkOptions();

    @Option(names = "--rate", defaultValue = "50", description = "Frames a second (default: ${DEFAULT-VALUE}).")
    double rate;

    @Option(names = "--seconds", description = "How long, after a warm-up a quarter as long (default: 24; quick: 8).")
    @Nullable
    Integer seconds;

    private final Map<String, Long> due = new HashMap<>();
    private final Timings accepted = new Timings();
    private final Timings predicted = new Timings();

    @Override
    public Integer call() throws IOException, InterruptedException {
        Report report = new Report("latency", Instant.now());
        int measured = (int) Math.max(1, rate * options.or(seconds, 8, 24));
        int warmUp = measured / 4;
        try (LocalPipeline pipeline = LocalPipeline.start(options.set)) {
            pipeline.startPredictor();
            run(pipeline, warmUp, measured);
        }
        report.add("rate.frames.per.second", rate);
        report.add("frames", predicted.count());
        add(report, "accepted", accepted);
        add(report, "predicted", predicted);
        options.publish(report, spec.commandLine().getOut());
        return 0;
    }

    private static void add(Report report, String until, Timings timings) {
        report.add(until + ".latency.p50.ms", timings.median());
        report.add(until + ".latency.p99.ms", timings.quantile(0.99));
        report.add(until + ".latency.max.ms", timings.quantile(1));
    }

    private void run(LocalPipeline pipeline, int warmUp, int measured) throws IOException {
        Topics topics = pipeline.settings().topics();
        Queue<Frame> frames = frames(warmUp + measured);
        try (TopicReader reader = new TopicReader(
                        pipeline.settings(),
                        List.of(
                                topics.acceptedFrames().name(),
                                topics.predictions().name()));
                KafkaProducer<String, Frame> producer = pipeline.producer()) {
            awaitFirstPrediction(pipeline, reader, producer, frames.remove());
            long next = System.nanoTime();
            long deadline = next + (long) (frames.size() / rate * SECOND) + PATIENCE.toNanos();
            int sent = 0;
            while (predicted.count() < measured) {
                if (!frames.isEmpty() && System.nanoTime() >= next) {
                    if (sent++ >= warmUp) {
                        due.put(frames.element().getFrameId(), next);
                    }
                    send(producer, topics, frames.remove());
                    next += (long) (SECOND / rate);
                }
                long wait = frames.isEmpty() ? SECOND : Math.max(0, next - System.nanoTime());
                reader.poll(Duration.ofNanos(wait)).forEach(record -> arrived(topics, record));
                pipeline.check(measured + " predictions", deadline);
            }
        }
    }

    private static void awaitFirstPrediction(
            LocalPipeline pipeline, TopicReader reader, KafkaProducer<String, Frame> producer, Frame frame) {
        Topics topics = pipeline.settings().topics();
        send(producer, topics, frame);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        boolean answered = false;
        while (!answered) {
            answered = reader.poll(Duration.ofMillis(100))
                    .records(topics.predictions().name())
                    .iterator()
                    .hasNext();
            pipeline.check("a first prediction", deadline);
        }
    }

    private void arrived(Topics topics, ConsumerRecord<byte[], byte[]> record) {
        long now = System.nanoTime();
        if (record.topic().equals(topics.predictions().name())) {
            TopicReader.decode(topics.predictions(), record)
                    .map(Prediction::getFrameId)
                    .map(due::get)
                    .ifPresent(since -> predicted.add(now - since));
        } else {
            TopicReader.decode(topics.acceptedFrames(), record)
                    .map(Frame::getFrameId)
                    .map(due::get)
                    .ifPresent(since -> accepted.add(now - since));
        }
    }

    private static void send(KafkaProducer<String, Frame> producer, Topics topics, Frame frame) {
        // A frame that is lost shows as a prediction that does not come in time.
        Future<?> unused = producer.send(new ProducerRecord<>(topics.frames().name(), frame.getSourceId(), frame));
    }

    /** One more than asked for: the first is not counted. */
    private Queue<Frame> frames(int count) throws IOException {
        FrameStream stream =
                new FrameStream(FashionData.bundled().training(), StreamPlan.of(options.seedOr(7), count + 1L));
        Instant start = Instant.now().minus(FrameStream.INTERVAL.multipliedBy(count + 1L));
        Queue<Frame> frames = new ArrayDeque<>();
        for (long i = 0; i <= count; i++) {
            frames.add(stream.frame(i, start));
        }
        return frames;
    }
}
