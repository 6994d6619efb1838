package io.millrace.benchmarks;

import io.millrace.quickstart.data.Drift;
import io.millrace.quickstart.data.FashionData;
import io.millrace.quickstart.data.StreamPlan;
import io.millrace.quickstart.read.TopicReader;
import io.millrace.record.Encoding;
import io.millrace.record.Frame;
import io.millrace.record.LabelAction;
import io.millrace.record.LabelEvent;
import io.millrace.record.ModelVersion;
import io.millrace.schemas.Topic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The figures to size a pipeline by: frames a second with one and with two stream-apps, and with one and two predictors,
 * each catching up on a backlog; and what frames, predictions, labels and models weigh on disk. Everything shares this
 * machine, broker included.
 */
@Command(
        name = "capacity",
        description = "Throughput with one and two stream-apps and predictors, and bytes on disk for each record.")
final class CapacityBenchmark implements Callable<Integer> {
    private static final Duration A_MOMENT = Duration.ofMillis(50);
    private static final Duration PATIENCE = Duration.ofSeconds(180);
    private static final int LABEL_EVERY = 10;
    private static final double SECOND = 1e9;

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Mixin
    BenchmarkOptions options = new BenchmarkOptions();

    @Option(names = "--frames", description = "Frames a turn (default: 6000; quick: 1500).")
    @Nullable
    Integer frames;

    @Option(names = "--turns", description = "Turns of each; the better one is told (default: 2; quick: 1).")
    @Nullable
    Integer turns;

    /**
     * What one turn gave.
     *
     * @param routed frames a second
     * @param answered frames a second
     * @param bytes on disk, by what
     */
    private record Turn(double routed, double answered, Map<String, Double> bytes) {
        Turn better(Turn other) {
            return new Turn(Math.max(routed, other.routed), Math.max(answered, other.answered), other.bytes);
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Report report = new Report("capacity", Instant.now());
        int count = options.or(frames, 1_500, 6_000);
        FashionData data = FashionData.bundled();
        report.add("frames.per.turn", count);
        measure(1, data, count / 4); // not counted: the JVM is cold
        Turn one = measure(1, data, count);
        Turn two = measure(2, data, count);
        for (int turn = 1; turn < options.or(turns, 1, 2); turn++) {
            one = one.better(measure(1, data, count));
            two = two.better(measure(2, data, count));
        }
        report.add("one.stream.frames.per.second", one.routed());
        report.add("two.streams.frames.per.second", two.routed());
        report.add("one.predictor.frames.per.second", one.answered());
        report.add("two.predictors.frames.per.second", two.answered());
        one.bytes().forEach(report::add);
        options.publish(report, spec.commandLine().getOut());
        return 0;
    }

    private Turn measure(int processes, FashionData data, int count) throws IOException, InterruptedException {
        try (LocalPipeline pipeline = LocalPipeline.start(options.set, processes);
                TopicReader accepted =
                        reader(pipeline, pipeline.settings().topics().acceptedFrames());
                TopicReader predictions =
                        reader(pipeline, pipeline.settings().topics().predictions());
                KafkaProducer<String, Frame> producer = pipeline.producer()) {
            List<Frame> warmUp = frames(data, options.seedOr(1), count / 2);
            List<Frame> measured = frames(data, options.seedOr(1) + 1, count);
            RoutingBenchmark.route(warmUp, pipeline, producer, accepted);
            long elapsed = RoutingBenchmark.route(measured, pipeline, producer, accepted);
            pipeline.startPredictors(processes);
            double answered = catchUp(pipeline, predictions, count / 2, count);
            return new Turn(count * SECOND / elapsed, answered, weigh(pipeline, measured, count + count / 2));
        }
    }

    /** Predictions a second while a backlog is worked off, once its first part is done. */
    private static double catchUp(LocalPipeline pipeline, TopicReader predictions, int warmUp, int measured) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        int seen = 0;
        int seenBefore = 0;
        long began = 0;
        while (seen < warmUp + measured) {
            seen += predictions.poll(A_MOMENT).count();
            if (began == 0 && seen >= warmUp) {
                began = System.nanoTime();
                seenBefore = seen;
            }
            pipeline.check(warmUp + measured + " predictions", deadline);
        }
        return (seen - seenBefore) * SECOND / (System.nanoTime() - began);
    }

    private static Map<String, Double> weigh(LocalPipeline pipeline, List<Frame> frames, int allFrames)
            throws IOException, InterruptedException {
        Map<String, Double> bytes = new LinkedHashMap<>();
        int labels = label(pipeline, frames);
        String app = "stream-app-";
        for (String topic : List.of(
                "frames",
                "accepted-frames",
                "predictions",
                app + "seen-frames-changelog",
                app + "frame-index-changelog",
                app + "frame-predictions-changelog")) {
            bytes.put("bytes.per.frame.of." + topic, (double) bytes(pipeline, topic) / allFrames);
        }
        for (String topic : List.of("labels", "labeled-frames", "outcomes", app + "frame-labels-changelog")) {
            bytes.put("bytes.per.label.of." + topic, (double) bytes(pipeline, topic) / labels);
        }
        try (TopicReader versions =
                reader(pipeline, pipeline.settings().topics().modelVersions())) {
            versions.poll(Duration.ofSeconds(5))
                    .forEach(record -> TopicReader.decode(
                                    pipeline.settings().topics().modelVersions(), record)
                            .map(ModelVersion::getSizeBytes)
                            .ifPresent(size -> bytes.put("bytes.of.an.artifact", (double) size)));
        }
        return bytes;
    }

    /** Labels one frame in ten, and waits until each is joined and scored. */
    private static int label(LocalPipeline pipeline, List<Frame> frames) throws InterruptedException {
        Topic<LabelEvent> topic = pipeline.settings().topics().labels();
        int sent = 0;
        try (KafkaProducer<String, LabelEvent> producer = new KafkaProducer<>(
                        pipeline.settings().kafkaWith(Map.of("acks", "all")),
                        new StringSerializer(),
                        topic.values().serializer());
                TopicReader outcomes =
                        reader(pipeline, pipeline.settings().topics().outcomes())) {
            for (int i = 0; i < frames.size(); i += LABEL_EVERY) {
                String frameId = frames.get(i).getFrameId();
                String name = pipeline.settings().classes().get(0);
                LabelEvent label = new LabelEvent(frameId, LabelAction.ASSIGN, name, "bench", Instant.now());
                // A label that is lost shows as an outcome that does not come in time.
                Future<?> unused = producer.send(new ProducerRecord<>(topic.name(), frameId, label));
                sent++;
            }
            producer.flush();
            int[] scored = {0};
            int wanted = sent;
            pipeline.await("an outcome for each label", () -> {
                scored[0] += outcomes.poll(A_MOMENT).count();
                return scored[0] >= wanted;
            });
        }
        return sent;
    }

    /** What the broker keeps of a topic, without indexes. */
    private static long bytes(LocalPipeline pipeline, String topic) throws IOException {
        String partition = Pattern.quote(pipeline.settings().topicPrefix() + topic) + "-[0-9]+";
        long sum = 0;
        try (Stream<Path> files = Files.walk(pipeline.logs(), 2)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".log"))
                    .filter(path ->
                            path.getName(path.getNameCount() - 2).toString().matches(partition))
                    .toList()) {
                sum += Files.size(file);
            }
        }
        return sum;
    }

    private static TopicReader reader(LocalPipeline pipeline, Topic<?> topic) {
        return new TopicReader(pipeline.settings(), List.of(topic.name()));
    }

    private static List<Frame> frames(FashionData data, long seed, int count) {
        return RoutingBenchmark.frames(data, new StreamPlan(seed, 4, Drift.NONE, count, Encoding.PNG));
    }
}
