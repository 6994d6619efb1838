package io.millrace.benchmarks;

import io.millrace.quickstart.data.Drift;
import io.millrace.quickstart.data.FashionData;
import io.millrace.quickstart.data.FrameStream;
import io.millrace.quickstart.data.StreamPlan;
import io.millrace.quickstart.read.TopicReader;
import io.millrace.record.Encoding;
import io.millrace.record.Frame;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Frames a second from {@code frames} to {@code accepted-frames}: broker, producer, stream-app and a reader of what is
 * committed share this machine. Encodings take turns on the same running stream-app.
 */
@Command(
        name = "routing",
        description = "Frames a second through the stream-app on a real broker, PNG and RAW_U8 side by side.")
final class RoutingBenchmark implements Callable<Integer> {
    private static final List<Encoding> ENCODINGS = List.of(Encoding.PNG, Encoding.RAW_U8);
    private static final Duration A_MOMENT = Duration.ofMillis(50);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final double MILLIS = 1_000;

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Mixin
    BenchmarkOptions options = new BenchmarkOptions();

    @Option(names = "--frames", description = "Frames a turn (default: 3000; quick: 1000).")
    @Nullable
    Integer frames;

    @Option(
            names = "--turns",
            description = "Turns of each encoding after one that is not counted (default: 4; quick: 2).")
    @Nullable
    Integer turns;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Report report = new Report("routing", Instant.now());
        int perTurn = options.or(frames, 1_000, 3_000);
        int rounds = options.or(turns, 2, 4);
        FashionData data = FashionData.bundled();
        Map<Encoding, Timings> timings = new EnumMap<>(Encoding.class);
        try (LocalPipeline pipeline = LocalPipeline.start(options.set);
                TopicReader accepted = new TopicReader(
                        pipeline.settings(),
                        List.of(pipeline.settings().topics().acceptedFrames().name()));
                KafkaProducer<String, Frame> producer = pipeline.producer()) {
            for (int round = 0; round <= rounds; round++) {
                for (Encoding encoding : ENCODINGS) {
                    // Another seed gives other frame ids.
                    long seed = options.seedOr(0) + round * 10L + encoding.ordinal();
                    List<Frame> batch = frames(data, new StreamPlan(seed, 4, Drift.NONE, perTurn, encoding));
                    long elapsed = route(batch, pipeline, producer, accepted);
                    if (round > 0) {
                        timings.computeIfAbsent(encoding, name -> new Timings()).add(elapsed);
                    }
                }
            }
        }
        report.add("frames.per.turn", perTurn);
        timings.forEach((encoding, measured) -> {
            report.add(encoding + ".frames.per.second.median", perTurn * MILLIS / measured.median());
            report.add(encoding + ".frames.per.second.best", perTurn * MILLIS / measured.quantile(0));
        });
        report.add("RAW_U8.to.PNG.ratio", ratio(timings));
        options.publish(report, spec.commandLine().getOut());
        return 0;
    }

    private static double ratio(Map<Encoding, Timings> timings) {
        Timings png = timings.getOrDefault(Encoding.PNG, new Timings());
        Timings raw = timings.getOrDefault(Encoding.RAW_U8, new Timings());
        return png.median() / raw.median();
    }

    /** Encoded before the clock starts: a camera would do that elsewhere. */
    static List<Frame> frames(FashionData data, StreamPlan plan) {
        FrameStream stream = new FrameStream(data.training(), plan);
        Instant start = Instant.now().minus(FrameStream.INTERVAL.multipliedBy(plan.limit()));
        return LongStream.range(0, plan.limit())
                .mapToObj(i -> stream.frame(i, start))
                .toList();
    }

    static long route(
            List<Frame> batch, LocalPipeline pipeline, KafkaProducer<String, Frame> producer, TopicReader accepted) {
        String topic = pipeline.settings().topics().frames().name();
        long before = System.nanoTime();
        for (Frame frame : batch) {
            // A frame that is lost shows as one that is not accepted in time.
            Future<?> unused = producer.send(new ProducerRecord<>(topic, frame.getSourceId(), frame));
        }
        producer.flush();
        int seen = 0;
        while (seen < batch.size()) {
            seen += accepted.poll(A_MOMENT).count();
            pipeline.check(batch.size() + " accepted frames", before + PATIENCE.toNanos());
        }
        return System.nanoTime() - before;
    }
}
