package io.millrace.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.record.LabelEvent;
import io.millrace.schemas.AvroDeserializer;
import io.millrace.schemas.AvroSerializer;
import io.millrace.schemas.LockedSchemaIds;
import io.millrace.schemas.RegistrySchemaIds;
import io.millrace.schemas.Topics;
import io.millrace.schemas.UnknownSchemaException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EndpointTest {
    private final HttpClient http = HttpClient.newHttpClient();
    private Endpoint endpoint;

    @BeforeEach
    void open() throws IOException {
        endpoint = new Endpoint("127.0.0.1", 0);
    }

    @AfterEach
    void close() {
        endpoint.close();
    }

    @Test
    void shouldShowMeters() throws Exception {
        // Given
        endpoint.meters().counter("stream.records", "result", "accepted").increment(3);
        // When
        HttpResponse<String> answer = get("/metrics");
        // Then
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain"));
        assertThat(answer.body())
                .contains("stream_records_total{result=\"accepted\"} 3.0")
                .contains("jvm_memory_used_bytes");
    }

    @Test
    void shouldBeLiveButNotReadyBeforeAnyPartHasACheck() throws Exception {
        assertThat(get("/livez").statusCode()).isEqualTo(200);
        assertThat(get("/readyz").statusCode()).isEqualTo(503);
        assertThat(endpoint.isReady()).isFalse();
    }

    @Test
    void shouldTellHealthByItsChecks() throws Exception {
        // Given
        AtomicBoolean running = new AtomicBoolean();
        endpoint.readyWhen("stream", running::get);
        endpoint.readyWhen("broker", () -> true);
        // When
        HttpResponse<String> before = get("/readyz");
        running.set(true);
        HttpResponse<String> after = get("/readyz");
        // Then
        assertThat(before.statusCode()).isEqualTo(503);
        assertThat(before.body()).isEqualTo("ok   broker\nfail stream\n");
        assertThat(after.statusCode()).isEqualTo(200);
        assertThat(get("/livez").statusCode()).isEqualTo(200);
        endpoint.liveWhen("never", () -> false);
        assertThat(get("/livez").statusCode()).isEqualTo(503);
    }

    @Test
    void shouldFreeThePortWhenClosed() throws Exception {
        // Given
        int port = endpoint.port();
        // When
        endpoint.close();
        // Then
        assertThatThrownBy(() -> get("/livez")).isInstanceOf(ConnectException.class);
        new Endpoint("127.0.0.1", port).close();
    }

    @Test
    void shouldServeSchemasThatTheRegistryClientReads() {
        // Given
        Topics topics = new Topics("millrace.", LockedSchemaIds.load());
        SchemaPages.serveOn(endpoint, topics);
        LabelEvent label = LabelEvent.newBuilder()
                .setFrameId("f")
                .setAction(io.millrace.record.LabelAction.ASSIGN)
                .setLabel("cat")
                .setAnnotator("a")
                .setLabeledAt(Instant.EPOCH)
                .build();
        byte[] bytes = new AvroSerializer<LabelEvent>(LockedSchemaIds.load()).serialize("millrace.labels", label);
        RegistrySchemaIds client = new RegistrySchemaIds("http://127.0.0.1:" + endpoint.port());
        // When
        LabelEvent read = new AvroDeserializer<>(client, LabelEvent.class).deserialize("millrace.labels", bytes);
        // Then
        assertThat(read).isEqualTo(label);
        assertThatThrownBy(() -> client.schemaFor(9999)).isInstanceOf(UnknownSchemaException.class);
    }

    @Test
    void shouldServeSubjectsInTheFormOfTheRegistry() throws Exception {
        // Given
        SchemaPages.serveOn(endpoint, new Topics("millrace.", LockedSchemaIds.load()));
        // Then
        assertThat(get("/subjects").body()).startsWith("[").contains("\"millrace.frames-value\"");
        assertThat(get("/subjects/millrace.frames-value/versions").body()).startsWith("[1");
        assertThat(get("/subjects/millrace.frames-value/versions/1").body())
                .contains("\"subject\":\"millrace.frames-value\"")
                .contains("\"version\":1")
                .contains("\"id\":1");
        assertThat(get("/subjects/millrace.frames-value/versions/latest").body())
                .contains("\"id\":1");
        assertThat(get("/subjects/nobody-value/versions").statusCode()).isEqualTo(404);
        assertThat(get("/subjects/millrace.frames-value/versions/99").statusCode())
                .isEqualTo(404);
        assertThat(get("/schemas/ids/99").body()).contains("40403");
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        URI address = URI.create("http://127.0.0.1:" + endpoint.port() + path);
        return http.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
    }
}
