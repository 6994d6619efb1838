package io.millrace.quickstart.doctor;

import io.millrace.quickstart.doctor.Finding.Fail;
import io.millrace.quickstart.doctor.Finding.Ok;
import io.millrace.quickstart.doctor.Finding.Warn;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** The port for metrics and health: free, or held by a process of ours that runs already, which is then asked. */
record PortCheck(String host, int port) implements Check {
    private static final Duration TIMEOUT = Duration.ofSeconds(3);
    private static final String PORT = "pipeline.http.port";

    @Override
    public String name() {
        return "port";
    }

    @Override
    public List<Finding> examine() throws InterruptedException {
        try (ServerSocket free = new ServerSocket()) {
            free.bind(new InetSocketAddress(InetAddress.getByName(host), port));
            return List.of(new Ok(name(), port == 0 ? "any free one is taken" : host + ":" + port + " is free"));
        } catch (BindException e) {
            boolean elsewhere =
                    String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT).contains("assign");
            return List.of(elsewhere ? foreignAddress() : taken());
        } catch (UnknownHostException e) {
            return List.of(foreignAddress());
        } catch (IOException e) {
            return List.of(new Fail(name(), host + ":" + port + ": " + Failures.reason(e), Remedies.set(PORT, 9404)));
        }
    }

    private Finding foreignAddress() {
        return new Fail(
                name(),
                host + " is no address of this machine",
                Remedies.set("pipeline.http.host", "127.0.0.1") + " (or 0.0.0.0 for all addresses)");
    }

    private Finding taken() throws InterruptedException {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + host + ":" + port + "/readyz"))
                    .timeout(TIMEOUT)
                    .build();
            HttpResponse<String> answer = HttpClient.newBuilder()
                    .connectTimeout(TIMEOUT)
                    .build()
                    .send(request, HttpResponse.BodyHandlers.ofString());
            boolean ours = !answer.body().isBlank()
                    && answer.body().lines().allMatch(line -> line.startsWith("ok ") || line.startsWith("fail "));
            String checks = String.join(", ", answer.body().lines().toList());
            if (ours && answer.statusCode() == 200) {
                return new Ok(name(), host + ":" + port + " is that of a running process: " + checks);
            }
            if (ours && answer.statusCode() == 503) {
                return new Warn(
                        name(),
                        "a process runs on " + host + ":" + port + " and is not ready: " + checks,
                        "see its log");
            }
        } catch (IOException | IllegalArgumentException e) {
            return inUse(); // whoever holds it does not speak HTTP
        }
        return inUse();
    }

    private Finding inUse() {
        return new Fail(
                name(),
                host + ":" + port + " is in use by another program",
                Remedies.set(PORT, 0) + " (any free port)");
    }
}
