package io.millrace.quickstart.observe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A Prometheus of this machine on loopback, as a process of its own; closing it ends that process. */
final class Prometheus implements AutoCloseable {
    static final Path SERVER = Path.of("/usr/bin/prometheus");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final HttpClient http = HttpClient.newHttpClient();
    private final Process process;
    private final int port;

    /** @param target port that it scrapes every second */
    Prometheus(Path directory, int port, int target, Path alerts) throws IOException, InterruptedException {
        this.port = port;
        Path config = directory.resolve("prometheus.yml");
        Files.createDirectories(directory);
        Files.writeString(config, """
                global: {scrape_interval: 1s, evaluation_interval: 1s}
                rule_files: ["%s"]
                scrape_configs:
                  - job_name: millrace-demo
                    static_configs: [{targets: ["127.0.0.1:%d"]}]
                """.formatted(alerts.toAbsolutePath().normalize(), target));
        process = new ProcessBuilder(
                        SERVER.toString(),
                        "--config.file=" + config,
                        "--storage.tsdb.path=" + directory.resolve("data"),
                        "--web.listen-address=127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("prometheus.log").toFile())
                .start();
        Instant deadline = Instant.now().plus(PATIENCE);
        while (!isReady()) {
            if (!process.isAlive() || Instant.now().isAfter(deadline)) {
                close();
                throw new IOException(Files.readString(directory.resolve("prometheus.log")));
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    /** The values of an instant query; NaN and infinities are none. */
    List<Double> query(String expression, Optional<Double> time) throws IOException, InterruptedException {
        String at = time.map(seconds -> "&time=" + seconds).orElse("");
        JsonNode answer = get("/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8) + at);
        if (!answer.at("/status").asText().equals("success")) {
            throw new IllegalArgumentException(
                    expression + ": " + answer.at("/error").asText());
        }
        JsonNode result = answer.at("/data/result");
        List<Double> values = new ArrayList<>();
        if (answer.at("/data/resultType").asText().equals("vector")) {
            result.forEach(series -> values.add(series.at("/value/1").asDouble(Double.NaN)));
        } else {
            values.add(result.path(1).asDouble(Double.NaN));
        }
        return values.stream().filter(Double::isFinite).toList();
    }

    /** The expressions of all alerts, as Prometheus understood them. */
    List<String> alerts() throws IOException, InterruptedException {
        List<String> expressions = new ArrayList<>();
        for (JsonNode group : get("/api/v1/rules?type=alert").at("/data/groups")) {
            group.at("/rules").forEach(rule -> expressions.add(rule.at("/query").asText()));
        }
        return expressions;
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }

    private boolean isReady() throws InterruptedException {
        try {
            URI address = URI.create("http://127.0.0.1:" + port + "/-/ready");
            return http.send(HttpRequest.newBuilder(address).build(), BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException e) {
            return false; // not listening yet
        }
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
        URI address = URI.create("http://127.0.0.1:" + port + path);
        HttpResponse<String> answer = http.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString());
        return JSON.readTree(answer.body());
    }
}
