package io.millrace.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.ContextInitializer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.quickstart.broker.EmbeddedBroker;
import io.millrace.quickstart.read.TopicReader;
import io.millrace.record.ModelEvent;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.Settings;
import io.millrace.schemas.Topic;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** The whole loop by one command, small: 600 frames, 150 steps of a narrow network. */
class DemoIT {
    private static final int FRAMES = 600;
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private static Path directory;

    /** A demo sends the log of its process to a file. */
    @AfterAll
    static void logToTheConsoleAgain() throws Exception {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        new ContextInitializer(context).autoConfig();
    }

    @Test
    void shouldAddUpAndDecideAlikeWithTheSameSeedOnly() throws Exception {
        JsonNode seven = demo("seven", 7);
        JsonNode again = demo("again", 7);
        JsonNode eight = demo("eight", 8);

        List.of(seven, again, eight).forEach(DemoIT::checkThatItAddsUp);
        assertThat(again.at("/versions")).isEqualTo(seven.at("/versions"));
        assertThat(decisions("again")).isEqualTo(decisions("seven")).hasSizeGreaterThan(5);
        assertThat(again.at("/accuracy/test")).isEqualTo(seven.at("/accuracy/test"));
        assertThat(again.at("/frames")).isEqualTo(seven.at("/frames"));
        assertThat(eight.at("/versions/champion")).isNotEqualTo(seven.at("/versions/champion"));
        assertThat(eight.at("/versions/firstPromoted")).isNotEqualTo(seven.at("/versions/firstPromoted"));
    }

    private static JsonNode demo(String name, int seed) throws Exception {
        Path place = directory.resolve(name);
        Path summary = directory.resolve("reports").resolve(name + ".json");
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        List<String> arguments = new ArrayList<>(List.of("demo", "--headless", "--frames", Integer.toString(FRAMES)));
        arguments.addAll(List.of("--seed", Integer.toString(seed), "--dir", place.toString()));
        arguments.addAll(List.of("--summary", summary.toString()));
        Map<String, String> quick = Map.of(
                "trainer.network.width", "8",
                "trainer.threads", "1",
                "trainer.batch.labeled", "16",
                "trainer.batch.unlabeled", "16",
                "trainer.unlabeled.warm.start.steps", "20",
                "trainer.unlabeled.ramp.steps", "20",
                "trainer.commit.interval.steps", "16",
                "trainer.version.interval.steps", "32");
        quick.forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));

        int exit = Millrace.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments.toArray(String[]::new));

        assertThat(exit).as("%s%s", out, err).isZero();
        assertThat(place.resolve("millrace.log")).isNotEmptyFile();
        assertThat(place.resolve("summary.json")).hasSameTextualContentAs(summary);
        if (!out.toString().contains("no plots")) {
            for (String plot : List.of("accuracy.png", "gate.png", "classes.png")) {
                assertThat(place.resolve("plots").resolve(plot)).isNotEmptyFile();
            }
        }
        return JSON.readTree(Files.readString(summary));
    }

    private static void checkThatItAddsUp(JsonNode summary) {
        JsonNode frames = summary.at("/frames");
        assertThat(summary.at("/complete").asBoolean()).isTrue();
        assertThat(count(frames, "published")).isEqualTo(FRAMES);
        assertThat(count(frames, "published")).isEqualTo(count(frames, "accepted") + count(frames, "quarantined"));
        assertThat(count(frames, "predicted")).isEqualTo(count(frames, "accepted"));
        assertThat(count(frames, "accepted"))
                .isEqualTo(count(frames, "trained") + count(frames, "holdout") + count(frames, "shed"));
        JsonNode labels = summary.at("/labels");
        assertThat(count(labels, "joined")).isEqualTo(100);
        assertThat(count(labels, "corrected")).isPositive();
        assertThat(count(labels, "published"))
                .isEqualTo(count(labels, "joined")
                        + count(labels, "corrected")
                        + count(labels, "retracted")
                        + count(labels, "expired")
                        + count(labels, "quarantined"));
        JsonNode versions = summary.at("/versions");
        assertThat(count(versions, "created"))
                .as("the untrained first version, and every challenger")
                .isEqualTo(1 + count(versions, "promoted") + count(versions, "rejected"));
        assertThat(versions.at("/firstPromoted").asText())
                .matches("[0-9]{10}-[0-9a-f]{12}")
                .doesNotStartWith("0000000000-");
        assertThat(versions.at("/champion").asText())
                .matches("[0-9]{10}-[0-9a-f]{12}")
                .isNotEqualTo(versions.at("/firstPromoted").asText());
        JsonNode test = summary.at("/accuracy/test");
        assertThat(test.at("/finalChampion").asDouble())
                .isGreaterThan(test.at("/firstPromoted").asDouble() + 0.1);
    }

    private static long count(JsonNode of, String what) {
        assertThat(of.path(what).isIntegralNumber()).as(what).isTrue();
        return of.path(what).asLong();
    }

    /** What happened to models, as the topic on the directory's broker tells: started, created, promoted or kept. */
    private static List<String> decisions(String name) throws Exception {
        List<String> decisions = new ArrayList<>();
        try (EmbeddedBroker broker =
                EmbeddedBroker.start(directory.resolve(name).resolve("broker"), 0)) {
            PipelineSettings pipeline = PipelineSettings.from(Settings.of(
                    PipelineSettings.declareIn(new ConfigDef()),
                    Set.of(),
                    List.of(Map.of("kafka.bootstrap.servers", broker.bootstrapServers()))));
            Topic<ModelEvent> events = pipeline.topics().events();
            try (TopicReader reader = new TopicReader(pipeline, List.of(events.name()))) {
                do {
                    reader.poll(Duration.ofMillis(100)).forEach(record -> {
                        ModelEvent event = TopicReader.decode(events, record).orElseThrow();
                        decisions.add(event.getStep() + " " + event.getKind() + " " + event.getMessage());
                    });
                } while (!reader.isAtEnd());
            }
        }
        return decisions;
    }
}
