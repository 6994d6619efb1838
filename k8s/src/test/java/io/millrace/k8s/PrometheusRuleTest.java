package io.millrace.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Keeps the rules of the Prometheus operator the alerts that are tested in docker/prometheus. */
class PrometheusRuleTest {
    private static final String WRITE = "millrace.write.k8s";
    private static final String COMMAND = "./mvnw -pl k8s -am test -Dtest=PrometheusRuleTest"
            + " -Dsurefire.failIfNoSpecifiedTests=false -D" + WRITE + "=true";
    private static final Path ALERTS = Bundle.ROOT.resolve("../docker/prometheus/alerts.yml");
    private static final Path RULE = Bundle.ROOT.resolve("components/monitoring/prometheus-rule.yaml");

    @Test
    void shouldCarryTheSameAlerts() throws IOException {
        assumeTrue(Files.exists(ALERTS), "no alerts to compare with");
        String text = rule(Files.readString(ALERTS));
        if (Boolean.getBoolean(WRITE)) {
            Files.writeString(RULE, text);
        }

        assertThat(RULE).as("stale; write it anew with: " + COMMAND).hasContent(text);
    }

    @Test
    void shouldBeReadAsRules() throws IOException {
        Manifest rule = StrictYaml.manifests("rule", Files.readString(RULE)).get(0);

        assertThat(rule.tree().path("spec").path("groups"))
                .isNotEmpty()
                .allSatisfy(group -> assertThat(group.path("rules"))
                        .isNotEmpty()
                        .allSatisfy(one -> assertThat(one.path("expr").asText()).isNotBlank()));
    }

    /** A Prometheus file of rules is what the operator's resource has as its spec. */
    private static String rule(String alerts) {
        return """
                # Generated from docker/prometheus/alerts.yml; PrometheusRuleTest says how to write it anew.
                apiVersion: monitoring.coreos.com/v1
                kind: PrometheusRule
                metadata:
                  name: millrace
                  labels:
                    app.kubernetes.io/part-of: millrace
                spec:
                """
                + alerts.lines()
                        .map(line -> line.isBlank() ? "" : "  " + line)
                        .collect(Collectors.joining("\n", "", "\n"));
    }
}
