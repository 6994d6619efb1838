package io.millrace.quickstart.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Configuration, rules and their tests under docker/prometheus, as Prometheus' own checker sees them. */
class AlertRulesIT {
    private static final Path FILES = Path.of("..", "docker", "prometheus");
    private static final Path DASHBOARDS = Path.of("..", "docker", "grafana", "dashboards");
    private static final Path ALERTS = FILES.resolve("alerts.yml");
    private static final Path MANUAL = Path.of("..", "docs", "OPERATIONS.md");
    private static final Path TESTS = FILES.resolve("alerts-test.yml");

    @TempDir
    private Path directory;

    @BeforeEach
    void needPromtool() {
        assumeTrue(Promtool.isHere(), "no promtool on this machine");
    }

    @Test
    void shouldHaveSoundConfigurations() throws Exception {
        for (String file : List.of("prometheus.yml", "demo.yml")) {
            Promtool.Result result =
                    Promtool.run("check", "config", FILES.resolve(file).toString());
            assertThat(result.exit()).as(result.said()).isZero();
        }
    }

    @Test
    void shouldFireEachAlertOnItsFaultAndNoOther() throws Exception {
        Promtool.Result result = Promtool.run("test", "rules", TESTS.toString());

        assertThat(result.exit()).as(result.said()).isZero();
        assertThat(all("- name: (Millrace\\w+)", TESTS))
                .isEqualTo(all("- alert: (\\w+)", ALERTS))
                .hasSizeGreaterThan(20);
    }

    @Test
    void shouldNoticeAnAlertThatFiresInGoodHealth() throws Exception {
        String tests = Files.readString(TESTS);
        Path healthy = directory.resolve("alerts-test.yml");
        Files.writeString(healthy, tests.substring(0, tests.indexOf("  - name: Millrace")));
        Files.writeString(
                directory.resolve("alerts.yml"),
                Files.readString(ALERTS)
                        .replace("(stream_backlog_records >= 0) > 6000", "(stream_backlog_records >= 0) > 4000"));

        Promtool.Result result = Promtool.run("test", "rules", healthy.toString());

        assertThat(result.exit()).isNotZero();
        assertThat(result.said()).contains("MillraceStreamBehind");
    }

    @Test
    void shouldSayOfEachAlertHowGraveItIsAndWhatToDo() throws IOException {
        Set<String> alerts = all("- alert: Millrace(\\w+)", ALERTS);

        assertThat(all("severity: (critical|warning)", ALERTS)).hasSize(2);
        assertThat(all("runbook: docs/OPERATIONS.md#([a-z-]+)", ALERTS))
                .hasSameSizeAs(alerts)
                .containsExactlyInAnyOrderElementsOf(alerts.stream()
                        .map(name -> name.replaceAll("(?<!^)([A-Z])", "-$1").toLowerCase(Locale.ROOT))
                        .toList());
        assertThat(all("### (.+)", MANUAL).stream()
                        .map(title -> title.toLowerCase(Locale.ROOT).replace(' ', '-')))
                .containsAll(all("runbook: docs/OPERATIONS.md#([a-z-]+)", ALERTS));
    }

    @Test
    void shouldHaveDashboardsThatAskTheirOneDatasource() throws IOException {
        for (String name : List.of("pipeline", "learning", "model-quality", "jvm-kafka")) {
            JsonNode dashboard = new ObjectMapper()
                    .readTree(DASHBOARDS.resolve(name + ".json").toFile());

            assertThat(dashboard.at("/uid").asText()).isEqualTo("millrace-" + name);
            assertThat(dashboard.at("/templating/list")).hasSize(1);
            for (JsonNode panel : dashboard.at("/panels")) {
                assertThat(panel.at("/datasource/uid").asText()).isEqualTo("${datasource}");
                assertThat(panel.at("/fieldConfig/defaults/unit").asText()).isNotEmpty();
                assertThat(panel.at("/gridPos/x").asInt()
                                + panel.at("/gridPos/w").asInt())
                        .isLessThanOrEqualTo(24);
            }
        }
    }

    @Test
    void shouldTellPipelinesApartAndShowRatesAsSuch() throws IOException {
        Set<String> wrong = new TreeSet<>();
        for (String name : List.of("pipeline", "learning", "model-quality", "jvm-kafka")) {
            JsonNode dashboard = new ObjectMapper()
                    .readTree(DASHBOARDS.resolve(name + ".json").toFile());
            for (JsonNode panel : dashboard.at("/panels")) {
                String unit = panel.at("/fieldConfig/defaults/unit").asText();
                for (JsonNode target : panel.at("/targets")) {
                    String expression = target.at("/expr").asText();
                    if (!isSound(expression, unit, name.equals("jvm-kafka"))) {
                        wrong.add(name + ", " + panel.at("/title").asText() + ": " + expression + " in " + unit);
                    }
                }
            }
        }

        assertThat(wrong).isEmpty();
    }

    @Test
    void shouldNoticeExpressionsThatMixPipelinesOrUnits() {
        assertThat(isSound("sum by (pipeline) (rate(x_total[5m]))", "cps", false))
                .isTrue();
        assertThat(isSound("sum by (pipeline) (rate(x_total[5m]))", "reqps", false))
                .isFalse();
        assertThat(isSound("sum(up)", "short", false)).isFalse();
        assertThat(isSound("sum by (job, instance) (x >= 0)", "short", true)).isTrue();
        assertThat(isSound("sum by (job, instance) (x >= 0)", "short", false)).isFalse();
        assertThat(isSound("sum by (topic) (x >= 0)", "short", true)).isFalse();
        assertThat(isSound("sum by (pipeline) (x)", "short", false)).isFalse();
    }

    /** Whether each aggregation keeps pipelines or processes apart, a sum of gauges has no NaN, and a rate its unit. */
    private static boolean isSound(String expression, String unit, boolean ofProcesses) {
        String apart = ofProcesses ? "(pipeline|job, instance)\\b" : "pipeline\\b";
        boolean mixed = Pattern.compile("\\b(sum|max|min|count|avg|topk|group)\\b(?! by \\(" + apart + ")")
                .matcher(expression)
                .find();
        boolean mayBeNan = Pattern.compile("\\bsum by \\([^)]*\\) \\((?!rate\\(|increase\\(|up\\b)(?![^()]* >= 0\\))")
                .matcher(expression)
                .find();
        boolean rate = expression.matches("sum by \\([^)]*\\) \\(rate\\((?![a-z_]*_seconds_sum)[^)]*\\)\\)");
        return !mixed && !mayBeNan && rate == unit.equals("cps");
    }

    private static Set<String> all(String pattern, Path file) throws IOException {
        Set<String> found = new TreeSet<>();
        Pattern.compile(pattern)
                .matcher(Files.readString(file))
                .results()
                .map((MatchResult match) -> match.group(1))
                .forEach(found::add);
        return found;
    }
}
