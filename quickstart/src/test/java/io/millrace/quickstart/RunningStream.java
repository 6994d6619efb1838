package io.millrace.quickstart;

import io.millrace.runtime.Endpoint;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.Settings;
import io.millrace.stream.StreamApp;
import io.millrace.stream.StreamSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/** A stream-app with a port of its own, as a process has it. */
final class RunningStream implements AutoCloseable {
    private final HttpClient client = HttpClient.newHttpClient();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final PipelineSettings pipeline;
    private final Endpoint endpoint;
    private final StreamApp app;

    /** @param given settings of pipeline and stream-app */
    RunningStream(Map<String, String> given) throws IOException {
        Settings settings = Settings.of(StreamSettings.declare(), Set.of("trainer"), List.of(given));
        pipeline = PipelineSettings.from(settings);
        endpoint = new Endpoint("127.0.0.1", 0);
        app = new StreamApp(pipeline, StreamSettings.from(settings), endpoint, failure::set);
        app.start();
    }

    PipelineSettings pipeline() {
        return pipeline;
    }

    Endpoint endpoint() {
        return endpoint;
    }

    /** What ended it, or null. */
    Throwable failure() {
        return failure.get();
    }

    /** Asks the port. */
    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        URI address = URI.create("http://127.0.0.1:" + endpoint.port() + path);
        return client.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString());
    }

    @Override
    public void close() {
        app.close();
        endpoint.close();
    }
}
