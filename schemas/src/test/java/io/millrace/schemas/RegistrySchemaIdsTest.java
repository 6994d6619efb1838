package io.millrace.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.millrace.record.LabelEvent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SerializationException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RegistrySchemaIdsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Schema SCHEMA = Records.schemaOf(LabelEvent.class);

    private final List<String> asked = new ArrayList<>();
    private final List<String> sent = new ArrayList<>();
    private HttpServer registry;
    private RegistrySchemaIds ids;
    private int status = 200;
    private String body = "";

    @BeforeEach
    void start() throws IOException {
        registry = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        registry.createContext("/", this::answer);
        registry.start();
        ids = new RegistrySchemaIds("http://127.0.0.1:" + registry.getAddress().getPort() + "/");
    }

    @AfterEach
    void stop() {
        registry.stop(0);
    }

    @Test
    void shouldAskOnceForEachIdAndSchema() {
        // Given
        body = JSON.createObjectNode()
                .put("id", 77)
                .put("schema", SCHEMA.toString())
                .toString();
        // When
        for (int i = 0; i < 3; i++) {
            assertThat(ids.schemaFor(77)).isEqualTo(SCHEMA);
            assertThat(ids.idFor("millrace.labels-value", SCHEMA)).isEqualTo(77);
        }
        // Then
        assertThat(asked).containsExactly("GET /schemas/ids/77", "POST /subjects/millrace.labels-value");
    }

    @Test
    void shouldRegisterUnderTheSubjectInTheFormThatIsLookedUp() throws IOException {
        // Given
        body = "{\"id\":12}";
        // When
        int id = ids.register("millrace.labels-value", SCHEMA);
        // Then
        assertThat(id).isEqualTo(12);
        assertThat(asked).containsExactly("POST /subjects/millrace.labels-value/versions");
        assertThat(JSON.readTree(sent.get(0)).path("schema").asText()).isEqualTo(SCHEMA.toString());
    }

    @Test
    void shouldSayThatTheRegistryRefusedWhenAVersionIsNotCompatible() {
        // Given
        status = 409;
        body = "{\"error_code\":409,\"message\":\"READER_FIELD_MISSING_DEFAULT_VALUE\"}" + " ".repeat(10_000);
        // When
        assertThatThrownBy(() -> ids.register("millrace.labels-value", SCHEMA))
                // Then
                .isInstanceOf(RegistryRefusedException.class)
                .hasMessageContaining("409")
                .hasMessageContaining("millrace.labels-value")
                .hasMessageContaining("READER_FIELD_MISSING_DEFAULT_VALUE")
                .satisfies(refused -> assertThat(refused.getMessage()).hasSizeLessThan(500));
    }

    @Test
    void shouldBlameNeitherTheRecordNorTheMomentWhenTheRegistryRefuses() {
        for (int refusal : List.of(400, 401, 403, 409, 422)) {
            status = refusal;
            for (ThrowingCallable question :
                    List.<ThrowingCallable>of(() -> ids.schemaFor(5), () -> ids.idFor("s", SCHEMA))) {
                assertThatThrownBy(question)
                        .isInstanceOf(RegistryRefusedException.class)
                        .isNotInstanceOf(RetriableException.class)
                        .isNotInstanceOf(SerializationException.class)
                        .hasMessageContaining(Integer.toString(refusal));
            }
        }
    }

    @Test
    void shouldSayTryAgainWhenTheAnswerHasNoId() {
        for (String none : List.of(
                "", "{}", "[]", "{\"id\":0}", "{\"id\":-1}", "{\"id\":\"7\"}", "{\"id\":7.5}", "{\"id\":4294967297}")) {
            body = none;
            assertThatThrownBy(() -> ids.idFor("s", SCHEMA)).as(none).isInstanceOf(RetriableException.class);
            assertThatThrownBy(() -> ids.register("s", SCHEMA)).as(none).isInstanceOf(RetriableException.class);
            assertThatThrownBy(() -> ids.schemaFor(5)).as(none).isInstanceOf(RetriableException.class);
        }
    }

    @Test
    void shouldNotAskForAnIdThatNoneCanHave() {
        for (int none : List.of(0, -1, Integer.MIN_VALUE)) {
            assertThatThrownBy(() -> ids.schemaFor(none)).isInstanceOf(UnknownSchemaException.class);
        }
        assertThat(asked).isEmpty();
    }

    @Test
    void shouldSayForEverWhenIdIsUnknown() {
        // Given
        status = 404;
        body = "{\"error_code\":40403,\"message\":\"Schema not found\"}";
        // When
        assertThatThrownBy(() -> ids.schemaFor(5))
                // Then
                .isInstanceOf(UnknownSchemaException.class)
                .isNotInstanceOf(RetriableException.class);
        assertThatThrownBy(() -> ids.idFor("s", SCHEMA)).isInstanceOf(UnknownSchemaException.class);
    }

    @Test
    void shouldAskAgainWhenAnIdWasUnknown() {
        // Given
        status = 404;
        assertThatThrownBy(() -> ids.schemaFor(5)).isInstanceOf(UnknownSchemaException.class);
        status = 200;
        body = JSON.createObjectNode().put("schema", SCHEMA.toString()).toString();
        // When
        Schema schema = ids.schemaFor(5);
        // Then
        assertThat(schema).isEqualTo(SCHEMA);
    }

    @Test
    void shouldSayTryAgainWhenRegistryIsBroken() {
        for (int broken : List.of(500, 503, 429, 408)) {
            // Given
            status = broken;
            // When
            assertThatThrownBy(() -> ids.schemaFor(5))
                    // Then
                    .isInstanceOf(RetriableException.class)
                    .hasMessageContaining(Integer.toString(broken));
        }
        status = 200;
        body = "<html>a proxy says hello</html>";
        assertThatThrownBy(() -> ids.schemaFor(5)).isInstanceOf(RetriableException.class);
    }

    @Test
    void shouldSayTryAgainWhenRegistryIsGone() {
        // Given
        registry.stop(0);
        // When
        assertThatThrownBy(() -> ids.schemaFor(5))
                // Then
                .isInstanceOf(RetriableException.class);
    }

    @Test
    void shouldSayForEverWhenSchemaIsNotAvro() {
        // Given
        body = "{\"schema\":\"syntax = \\\"proto3\\\";\",\"schemaType\":\"PROTOBUF\"}";
        // When
        assertThatThrownBy(() -> ids.schemaFor(5))
                // Then
                .isInstanceOf(UnknownSchemaException.class);
    }

    private void answer(HttpExchange exchange) throws IOException {
        asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath());
        sent.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
