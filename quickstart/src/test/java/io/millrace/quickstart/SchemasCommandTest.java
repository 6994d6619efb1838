package io.millrace.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.millrace.record.Frame;
import io.millrace.schemas.AvroSerializer;
import io.millrace.schemas.RegistrySchemaIds;
import io.millrace.schemas.Topics;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificData;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A registry that knows nothing at first, and afterwards whatever the command has told it; nothing else can. */
class SchemasCommandTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, List<String>> subjects = new HashMap<>();
    private final List<String> schemas = new ArrayList<>();
    private HttpServer registry;
    private String url;

    @BeforeEach
    void start() throws IOException {
        registry = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        registry.createContext("/apis/ccompat/v7/subjects/", this::answer);
        registry.start();
        url = "http://127.0.0.1:" + registry.getAddress().getPort() + "/apis/ccompat/v7";
    }

    @AfterEach
    void stop() {
        registry.stop(0);
    }

    @Test
    void shouldMakeEveryTopicWritableWhenItHasRegistered() {
        // Given
        Topics topics = new Topics("mine.", new RegistrySchemaIds(url));
        // When
        int exit = run("--set", "pipeline.schema.registry.url=" + url, "--set", "pipeline.topic.prefix=mine.");
        // Then
        assertThat(exit).isZero();
        assertThat(topics.all()).allSatisfy(topic -> {
            assertThat(subjects).containsKey(topic.name() + "-value");
            assertThat(new RegistrySchemaIds(url)
                            .idFor(topic.name() + "-value", SpecificData.get().getSchema(topic.type())))
                    .isPositive();
        });
    }

    @Test
    void shouldRegisterNothingTwice() {
        // Given
        run("--set", "pipeline.schema.registry.url=" + url);
        int known = schemas.size();
        // When
        run("--set", "pipeline.schema.registry.url=" + url);
        // Then
        assertThat(schemas).hasSize(known);
    }

    @Test
    void shouldLeaveTheRegistryAloneWhenARecordIsWritten() {
        try (AvroSerializer<Frame> serializer = new AvroSerializer<>(new RegistrySchemaIds(url))) {
            // When
            assertThat(catchThrowable(() -> serializer.serialize("mine.frames", new Frame())))
                    // Then
                    .isNotNull();
        }
        assertThat(schemas).isEmpty();
    }

    @Test
    void shouldExitWith2WhenThereIsNoRegistry() {
        assertThat(run()).isEqualTo(2);
    }

    private static int run(String... options) {
        List<String> arguments = new ArrayList<>(List.of("schemas"));
        arguments.addAll(List.of(options));
        return Millrace.commandLine()
                .setOut(new PrintWriter(new StringWriter()))
                .setErr(new PrintWriter(new StringWriter()))
                .execute(arguments.toArray(String[]::new));
    }

    /** POST {@code /subjects/S/versions} registers, POST {@code /subjects/S} looks up. */
    private void answer(HttpExchange exchange) throws IOException {
        String[] path = exchange.getRequestURI().getPath().split("/");
        String schema = JSON.readTree(exchange.getRequestBody()).path("schema").asText();
        List<String> subject = subjects.getOrDefault(path[5], List.of());
        int status = 200;
        if (path.length == 7) {
            subject = subjects.computeIfAbsent(path[5], name -> new ArrayList<>());
            if (!subject.contains(schema)) {
                subject.add(schema);
            }
            if (!schemas.contains(schema)) {
                schemas.add(schema);
            }
        } else if (!subject.contains(schema)) {
            status = 404;
        }
        byte[] body = ("{\"id\":" + (schemas.indexOf(schema) + 1) + "}").getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
