package io.millrace.quickstart.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What operators see of a run: a real Prometheus scrapes it, and every dashboard and every alert finds its series. */
class ObservabilityIT {
    private static final Path DOCKER = Path.of("..", "docker");
    private static final Path ALERTS = DOCKER.resolve("prometheus").resolve("alerts.yml");
    private static final Path PAGE = Path.of("..", "docs", "METRICS.md");
    private static final String WRITE = "millrace.write.docs";
    private static final String COMMAND = "./mvnw -pl quickstart -am verify -Dtest=PromqlTest -Dit.test=ObservabilityIT"
            + " -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false -D" + WRITE + "=true";
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private static Path directory;

    private static ObservedDemo demo;
    private static Prometheus prometheus;
    private static double time;

    @BeforeAll
    static void observe() throws Exception {
        int port = ObservedDemo.freePort();
        demo = new ObservedDemo(directory.resolve("demo"));
        if (Files.exists(Prometheus.SERVER)) {
            prometheus = new Prometheus(directory.resolve("prometheus"), port, demo.port(), ALERTS);
        }
        demo.run();
        if (prometheus != null) { // the last moment at which all parts were at work
            time = prometheus
                    .query("max_over_time(timestamp(trainer_committed_step)[10m:1s])", Optional.empty())
                    .get(0);
        }
    }

    @AfterAll
    static void end() throws Exception {
        if (prometheus != null) {
            prometheus.close();
        }
        demo.close();
    }

    @Test
    void shouldShowDataOnEveryPanel() throws Exception {
        assumeTrue(prometheus != null, "no Prometheus on this machine");
        Map<String, String> silent = new TreeMap<>();
        int expressions = 0;
        for (Path dashboard : dashboards()) {
            for (JsonNode panel : JSON.readTree(dashboard.toFile()).at("/panels")) {
                for (JsonNode target : panel.at("/targets")) {
                    String expression = target.at("/expr").asText().replace("$__rate_interval", "30s");
                    expressions++;
                    check(expression, List.of(expression))
                            .ifPresent(why -> silent.put(dashboard.getFileName() + ", " + panel.at("/title"), why));
                }
            }
        }

        assertThat(silent).isEmpty();
        assertThat(expressions).isGreaterThan(90);
    }

    @Test
    void shouldHaveDataForEveryAlert() throws Exception {
        assumeTrue(prometheus != null, "no Prometheus on this machine");
        Map<String, String> silent = new TreeMap<>();
        List<String> alerts = prometheus.alerts();
        for (String alert : alerts) {
            check(alert, Promql.operands(alert)).ifPresent(why -> silent.put(alert, why));
        }

        assertThat(silent).isEmpty();
        assertThat(alerts).hasSizeGreaterThan(20);
    }

    @Test
    void shouldNoticeAnExpressionOfAMeterThatIsNotThere() throws Exception {
        assumeTrue(prometheus != null, "no Prometheus on this machine");
        List<String> misspelled = List.of(
                "trainer_commited_step > 1",
                "up == 1 and trainer_commited_step > 1",
                "sum(up or trainer_commited_step) > 1",
                "sum by (pipeline) (rate(stream_records_total{result=\"acepted\"}[1m])) > 0",
                "sum(up) / sum(trainer_commited_step) > 1",
                "up unless on (job) trainer_commited_step",
                "trainer_committed_step or absent(trainer_commited_step)",
                "absent(trainer_committed_step or last_over_time(trainer_commited_step[1d]))",
                "up == 1 and sum(rate(stream_records_total{result=\"acepted\"}[1h] offset 1d)) > 0",
                "up unless on (pipelin) sum by (pipelin) (trainer_committed_step > 1e12)");

        for (String expression : misspelled) {
            assertThat(check(expression, Promql.operands(expression)))
                    .as(expression)
                    .isPresent();
        }
        assertThat(check("up > 100", Promql.operands("up > 100"))).isEmpty();
    }

    @Test
    void shouldShowWhatThePageOfMetricsSays() throws IOException {
        String page = new MetricsPage(demo.scrape()).text(COMMAND);
        if (Boolean.getBoolean(WRITE)) {
            Files.writeString(PAGE, page);
        }

        assertThat(PAGE)
                .as("docs/METRICS.md is stale; write it anew with: " + COMMAND)
                .hasContent(page);
    }

    @Test
    void shouldShowSeriesThatAreFewAndSoundToPrometheus() throws Exception {
        assertThat(demo.scrape().length()).isLessThan(80_000);
        assumeTrue(Promtool.isHere(), "no promtool on this machine");
        Path scrape = Files.writeString(directory.resolve("scrape.txt"), demo.scrape());

        assertThat(Promtool.run(scrape, "check", "metrics").said()).isEmpty();
        Files.writeString(scrape, "no_help 1\n");
        assertThat(Promtool.run(scrape, "check", "metrics").said()).contains("no_help no help text");
    }

    @Test
    void shouldHandTheTraceOfAFrameOnToItsPredictionAndItsDeadLetter() {
        assertThat(demo.traces())
                .isEqualTo(Map.of(
                        "accepted-frames", ObservedDemo.TRACE,
                        "predictions", ObservedDemo.TRACE,
                        "dlq.frames", ObservedDemo.TRACE));
    }

    /** Why an expression is not about series that exist, if so: every operand and every selector must give numbers. */
    private static Optional<String> check(String expression, List<String> operands) throws Exception {
        for (String operand : operands) {
            if (prometheus.query(operand, Optional.of(time)).isEmpty()) {
                return Optional.of("no data: " + operand);
            }
        }
        for (String selector : Promql.selectors(expression)) {
            if (prometheus.query(selector, Optional.of(time)).isEmpty()) {
                return Optional.of("no series: " + selector);
            }
        }
        return Optional.empty();
    }

    private static List<Path> dashboards() throws IOException {
        try (Stream<Path> files = Files.list(DOCKER.resolve("grafana").resolve("dashboards"))) {
            return files.sorted().toList();
        }
    }
}
