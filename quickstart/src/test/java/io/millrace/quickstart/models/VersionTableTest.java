package io.millrace.quickstart.models;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.record.ModelVersion;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VersionTableTest {
    @Test
    void shouldMarkTheChampionAndSayWhatWasMeasured() {
        ModelVersion first = version("0000000000-aaaaaaaaaaaa", null, 0, Map.of());
        ModelVersion second = version(
                "0000000128-bbbbbbbbbbbb",
                first.getVersion(),
                128,
                Map.of("holdoutAccuracy", 0.75, "holdoutLabels", 20.0));

        List<String> lines = VersionTable.lines(List.of(first, second), second.getVersion());

        assertThat(lines).hasSize(3);
        assertThat(lines.get(1))
                .startsWith("  0000000000-aaaaaaaaaaaa 2026-01-02 03:04:05Z ")
                .endsWith(" 0 -                       not measured");
        assertThat(lines.get(2))
                .startsWith("* 0000000128-bbbbbbbbbbbb ")
                .endsWith(" 128 0000000000-aaaaaaaaaaaa 0.750 on 20 labels");
        assertThat(VersionTable.lines(List.of(first), null).get(1)).startsWith("  ");
    }

    private static ModelVersion version(String name, String parent, long step, Map<String, Double> metrics) {
        return ModelVersion.newBuilder()
                .setVersion(name)
                .setParent(parent)
                .setSha256("0".repeat(64))
                .setSizeBytes(1)
                .setCreatedAt(Instant.parse("2026-01-02T03:04:05Z"))
                .setStep(step)
                .setMethod("adamatch")
                .setNetwork(Map.of())
                .setInputShape(List.of(1, 28, 28))
                .setClasses(List.of("a", "b"))
                .setTemperature(1)
                .setConfidenceThreshold(0.9)
                .setMetrics(metrics)
                .setLearnedFrom(List.of())
                .setSeed(7)
                .setConfigHash("0".repeat(64))
                .setCodeVersion("test")
                .build();
    }
}
