package io.millrace.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.quickstart.broker.EmbeddedBroker;
import io.millrace.record.ModelAlias;
import io.millrace.schemas.LockedSchemaIds;
import io.millrace.schemas.Topic;
import io.millrace.schemas.Topics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The images without Docker: their files, laid out by the script that the Dockerfile runs, started by their entry as
 * plain processes with the environment that the Dockerfile sets.
 */
class ImageIT {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path IMAGES = Path.of("target", "image").toAbsolutePath();
    private static final int TERMINATED = 143;

    private static Dockerfile dockerfile;

    @TempDir
    private Path directory;

    private final List<Process> started = new ArrayList<>();

    @BeforeAll
    static void assemble() throws Exception {
        dockerfile = new Dockerfile(Files.readString(ROOT.resolve("docker/Dockerfile")));
        for (Map.Entry<String, String> image : Map.of(
                        "stream-app", "stream-app", "trainer-worker", "trainer-worker", "tools", "quickstart")
                .entrySet()) {
            ProcessBuilder assemble = new ProcessBuilder(
                            ROOT.resolve("docker/assemble").toString(),
                            image.getValue(),
                            IMAGES.resolve(image.getKey()).toString())
                    .inheritIO();
            assemble.environment().put("JAVA_HOME", System.getProperty("java.home"));
            assertThat(assemble.start().waitFor()).isZero();
        }
    }

    @AfterEach
    void endWhatIsLeft() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void shouldEndSoonAndInOrderWhenToldBeforeABrokerAnswers() throws Exception {
        int nobody = freePort();
        Part stream = start("stream-app", nobody, Map.of());
        Part trainer = start("trainer-worker", nobody, Map.of());
        await(() -> stream.said().contains("starting") && trainer.said().contains("starting"));

        assertThat(stream.isHealthy("livez")).isTrue();
        assertThat(trainer.isHealthy("livez")).isTrue();
        assertThat(stream.isHealthy("readyz")).isFalse();
        assertThat(trainer.isHealthy("readyz")).isFalse();
        assertThat(trainer.said()).doesNotContain("trainer-worker ready");
        assertThat(stream.endsWithin(10)).isEqualTo(TERMINATED);
        assertThat(trainer.endsWithin(10)).isEqualTo(TERMINATED);
    }

    @Test
    void shouldBecomeHealthyAndEndInOrderAndWriteNothingIntoTheImage() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("broker"), 0)) {
            int port = Integer.parseInt(broker.bootstrapServers().split(":")[1]);
            Map<String, Long> before = files();
            ends(start("tools", port, Map.of(), "topics", "--partitions", "2"), 0);

            Part stream = start("stream-app", port, Map.of());
            Part trainer = start("trainer-worker", port, Map.of("TRAINER_ROLES", "train", "TRAINER_THREADS", "1"));
            Part predictor = start("trainer-worker", port, Map.of("TRAINER_ROLES", "predict", "TRAINER_THREADS", "1"));
            assertThat(predictor.isHealthy("readyz")).isFalse();
            await(() -> stream.isHealthy("readyz") && trainer.isHealthy("readyz") && predictor.isHealthy("readyz"));

            await(() -> predictor.said().contains("trainer-worker ready"));
            assertThat(predictor.endsWithin(30)).isEqualTo(TERMINATED);
            assertThat(trainer.endsWithin(30)).isEqualTo(TERMINATED);
            assertThat(stream.endsWithin(30)).isEqualTo(TERMINATED);
            assertThat(stream.said()).doesNotContain("did not end in time");
            takeBack(port);
            assertThat(files()).isEqualTo(before);
        }
    }

    /** The command line makes the only version champion, after another one was, and finds nothing wrong then. */
    private void takeBack(int broker) throws Exception {
        Part list = ends(start("tools", broker, Map.of(), "models"), 0);
        Matcher version = Pattern.compile("[0-9]{10}-[0-9a-f]{12}").matcher(list.said());
        assertThat(version.find()).as(list.said()).isTrue();
        Topic<ModelAlias> aliases = new Topics("millrace.", LockedSchemaIds.load()).modelAliases();
        ModelAlias another = new ModelAlias("champion", "another", null, "by hand", Instant.now());
        Map<String, Object> client = Map.of("bootstrap.servers", "127.0.0.1:" + broker);
        try (KafkaProducer<String, ModelAlias> producer = new KafkaProducer<>(
                client, new StringSerializer(), aliases.values().serializer())) {
            producer.send(new ProducerRecord<>(aliases.name(), another.getAlias(), another))
                    .get();
        }

        Part promote = start("tools", broker, Map.of(), "models", "promote", version.group(), "--reason", "by hand");
        assertThat(ends(promote, 0).said()).contains("champion is " + version.group() + ", before it was another");
        Part refused = start("tools", broker, Map.of(), "models", "promote", "nothing", "--reason", "by hand");
        assertThat(ends(refused, 1).said()).contains("there is no version nothing");
        ends(start("tools", broker, Map.of(), "doctor"), 0);
    }

    private static Part ends(Part job, int exit) throws IOException, InterruptedException {
        assertThat(job.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(job.process().exitValue()).as(job.said()).isEqualTo(exit);
        return job;
    }

    /** A process of an image. */
    private record Part(Path image, Process process, Path output, int port) {
        String said() throws IOException {
            return Files.readString(output);
        }

        /** Runs the health check as the container would. */
        boolean isHealthy(String page) throws IOException, InterruptedException {
            assertThat(process.isAlive()).as(said()).isTrue();
            ProcessBuilder check = new ProcessBuilder(image.resolve("healthy").toString(), page);
            check.environment().put("PIPELINE_HTTP_PORT", Integer.toString(port));
            int exit = check.start().waitFor();
            assertThat(exit).isBetween(0, 1);
            return exit == 0;
        }

        /** Sends SIGTERM and returns the exit code. */
        int endsWithin(int seconds) throws IOException, InterruptedException {
            process.destroy();
            assertThat(process.waitFor(seconds, TimeUnit.SECONDS)).as(said()).isTrue();
            return process.exitValue();
        }
    }

    private Part start(String target, int broker, Map<String, String> environment, String... command)
            throws IOException {
        Path image = IMAGES.resolve(target);
        List<String> words = new ArrayList<>(Dockerfile.words(dockerfile.last(target, "ENTRYPOINT")));
        words.replaceAll(word -> word.replace("/opt/millrace", image.toString()));
        words.addAll(List.of(command));
        int port = freePort();
        Path output = Files.createTempFile(directory, target, ".txt");
        ProcessBuilder builder =
                new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.directory(directory.toFile());
        Map<String, String> variables = builder.environment();
        variables.putAll(dockerfile.environment(target));
        variables.replaceAll((key, value) -> value.replace("/var/lib/millrace", directory.toString()));
        variables.put("XDG_CACHE_HOME", directory.toString());
        variables.put("PIPELINE_HTTP_HOST", "127.0.0.1");
        variables.put("PIPELINE_HTTP_PORT", Integer.toString(port));
        variables.put("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:" + broker);
        variables.put("JAVA_HOME", System.getProperty("java.home"));
        variables.put("MILLRACE_HEAP", "256m");
        variables.putAll(environment);
        Process process = builder.start();
        started.add(process);
        return new Part(image, process, output, port);
    }

    /** Every file of the images with the time at which it was last written. */
    private static Map<String, Long> files() throws IOException {
        Map<String, Long> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(IMAGES)) {
            for (Path file : all.toList()) {
                files.put(file.toString(), Files.getLastModifiedTime(file).toMillis());
            }
        }
        return files;
    }

    private interface Condition {
        boolean holds() throws IOException, InterruptedException;
    }

    private static void await(Condition condition) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as("patience").isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(200);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
