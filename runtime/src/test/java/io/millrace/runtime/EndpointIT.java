package io.millrace.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.schemas.LockedSchemaIds;
import io.millrace.schemas.Topics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a stranger on the port of a process can get, and do. */
class EndpointIT {
    private final HttpClient http = HttpClient.newHttpClient();
    private Endpoint endpoint;

    @BeforeEach
    void open() throws IOException {
        endpoint = new Endpoint("127.0.0.1", 0);
        SchemaPages.serveOn(endpoint, new Topics("millrace.", LockedSchemaIds.load()));
    }

    @AfterEach
    void close() {
        endpoint.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/metrics", "/livez", "/readyz", "/subjects", "/subjects/", "/schemas/ids/1"})
    void shouldAnswerWhatItServes(String path) throws Exception {
        assertThat(send(request(path)).statusCode())
                .isEqualTo(path.equals("/readyz") ? 503 : 200); // nothing has said yet that it is ready
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/metrics/",
                "/metrics/x",
                "/metricsx",
                "/livez/x",
                "/env",
                "/heapdump",
                "/shutdown",
                "/schemas",
                "/schemas/ids/../../etc/passwd",
                "/subjectsx",
                "/subjects/millrace.frames-value",
                "/subjects/millrace.frames-value/config",
                "/subjects/millrace.frames-value/versions/1/2",
                "/subjects/%2e%2e/versions"
            })
    void shouldAnswerNothingElse(String path) throws Exception {
        assertThat(send(request(path)).statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "TRACE"})
    void shouldTakeNothing(String method) throws Exception {
        HttpRequest.Builder request = request("/metrics").method(method, BodyPublishers.ofString("x".repeat(1 << 16)));

        assertThat(send(request).statusCode()).isEqualTo(405);
    }

    @Test
    void shouldStillAnswerWhenStrangersNeverEndTheirRequests() throws Exception {
        List<Socket> strangers = new ArrayList<>();
        try {
            for (int i = 0; i < 8; i++) { // more than there are threads
                Socket stranger = new Socket(InetAddress.getLoopbackAddress(), endpoint.port());
                strangers.add(stranger);
                stranger.getOutputStream().write("GET /livez HTTP/1.1\r\nX: ".getBytes(StandardCharsets.US_ASCII));
            }

            assertThat(send(request("/livez").timeout(Duration.ofSeconds(60))).statusCode())
                    .isEqualTo(200);
        } finally {
            for (Socket stranger : strangers) {
                stranger.close();
            }
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + endpoint.port() + path));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), BodyHandlers.ofString());
    }
}
