package io.millrace.quickstart.observe;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** docs/METRICS.md, as a scrape says it. */
final class MetricsPage {
    private static final Pattern HEAD = Pattern.compile("# (HELP|TYPE) (\\S+) (.*)");
    private static final Pattern SERIES = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? .*");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"(?:[^\"\\\\]|\\\\.)*\"");
    private static final Set<String> UNITS = Set.of(
            "batches",
            "bytes",
            "champions",
            "decisions",
            "frames",
            "labels",
            "letters",
            "predictions",
            "records",
            "retries",
            "samples",
            "seconds",
            "steps");
    private static final Map<String, String> PARTS = new LinkedHashMap<>();

    static {
        PARTS.put("stream_", "Stream-app");
        PARTS.put("predictor_", "Predictor");
        PARTS.put("trainer_", "Trainer");
        PARTS.put("blob_", "Blob store, in every process that uses it");
        PARTS.put("kafka_", "Kafka's own");
    }

    private final Map<String, String> help = new TreeMap<>();
    private final Map<String, String> types = new TreeMap<>();
    private final Map<String, Set<String>> labels = new TreeMap<>();

    /** @param scrape what a process shows in Prometheus' text format */
    MetricsPage(String scrape) {
        scrape.lines().forEach(this::read);
    }

    /** The page. */
    String text(String command) {
        StringBuilder page = new StringBuilder("""
                # Metrics

                Generated from what a run shows on `/metrics`; `ObservabilityIT` fails when this page is stale. To write it anew:

                    %s

                A counter counts from the start of its process. A gauge without a number yet is NaN. Of a histogram Prometheus sees
                `_bucket` (with the label `le`), `_sum` and `_count`, of a summary the latter two; each also has a gauge `_max`, the
                largest of the last minutes. Model versions, frame ids and annotators are never labels. `class` has a value for each
                of the first 100 classes, and `other`. Transactions that are rolled back and repeated count twice.

                Beside these, every process shows those of its JVM (`jvm_*`, `process_*`, `system_*`) under Micrometer's names.
                What alarms, and what to do then: `docker/prometheus/alerts.yml`.
                """.formatted(command));
        PARTS.forEach((prefix, title) -> {
            page.append("\n## ")
                    .append(title)
                    .append("\n\n| name | type | unit | labels | meaning |\n|---|---|---|---|---|\n");
            types.keySet().stream()
                    .filter(name -> name.startsWith(prefix) && !isMax(name))
                    .forEach(name -> page.append(row(name)));
        });
        return page.toString();
    }

    private boolean isMax(String name) {
        return name.endsWith("_max") && types.containsKey(name.substring(0, name.length() - "_max".length()));
    }

    private String row(String name) {
        String said = help.getOrDefault(name, "").replaceAll(" ?Note: .*", "").replace("|", "\\|");
        return "| `%s` | %s | %s | %s | %s |\n"
                .formatted(name, types.get(name), unit(name), String.join(", ", labelsOf(name)), said);
    }

    private static String unit(String name) {
        String bare = name.replaceAll("_total$", "");
        String last = bare.substring(bare.lastIndexOf('_') + 1);
        return name.startsWith("kafka_") || !UNITS.contains(last) ? "" : last;
    }

    private List<String> labelsOf(String name) {
        Set<String> all = new TreeSet<>();
        for (String suffix : List.of("", "_bucket", "_count")) {
            all.addAll(labels.getOrDefault(name + suffix, Set.of()));
        }
        all.remove("le");
        return List.copyOf(all).stream().sorted().toList();
    }

    private void read(String line) {
        Matcher head = HEAD.matcher(line);
        if (head.matches()) {
            (head.group(1).equals("HELP") ? help : types).put(head.group(2), head.group(3));
            return;
        }
        Matcher series = SERIES.matcher(line);
        if (series.matches() && series.group(2) != null) {
            Matcher label = LABEL.matcher(series.group(2));
            while (label.find()) {
                labels.computeIfAbsent(series.group(1), name -> new TreeSet<>()).add(label.group(1));
            }
        }
    }
}
