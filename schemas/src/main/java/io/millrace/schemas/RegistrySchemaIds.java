package io.millrace.schemas;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;

/**
 * Schema ids from a registry that speaks the Confluent REST form (Confluent, Apicurio's {@code ccompat}, Karapace).
 * Answers are kept for ever, since ids are immutable; a "no" is asked again.
 */
public final class RegistrySchemaIds implements SchemaIds {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int REASON_CHARACTERS = 200;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    private final String url;
    private final Map<Integer, Schema> schemas = new ConcurrentHashMap<>();
    private final Map<String, Map<Schema, Integer>> ids = new ConcurrentHashMap<>();

    /** @param url base address, such as {@code http://127.0.0.1:8081} */
    public RegistrySchemaIds(String url) {
        this.url = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    }

    @Override
    public int idFor(String subject, Schema schema) {
        Map<Schema, Integer> known = ids.computeIfAbsent(subject, ignored -> new ConcurrentHashMap<>());
        Integer id = known.get(schema);
        if (id == null) {
            id = post("/subjects/" + URLEncoder.encode(subject, StandardCharsets.UTF_8), subject, schema);
            known.put(schema, id);
        }
        return id;
    }

    @Override
    public Schema schemaFor(int id) {
        if (id <= 0) { // not asked: a registry may call the question bad, and it is the record that is
            throw new UnknownSchemaException("expected a schema id above 0, got " + id);
        }
        Schema schema = schemas.get(id);
        if (schema == null) {
            JsonNode answer = ask(request("/schemas/ids/" + id).GET().build(), "schema id " + id);
            if (!answer.path("schema").isTextual()) {
                throw new RegistryUnavailableException("schema id " + id + ": registry " + url + " gave none", null);
            }
            try {
                schema = new Schema.Parser().parse(answer.path("schema").asText());
            } catch (SchemaParseException e) {
                throw new UnknownSchemaException("schema id " + id + " is not an Avro schema: " + e.getMessage());
            }
            schemas.put(id, schema);
        }
        return schema;
    }

    /**
     * Registers a schema under a subject; one that is there already keeps its id.
     *
     * @param subject {@code <topic>-value}
     * @return its id
     * @throws RetriableException when the registry cannot be reached now
     * @throws RegistryRefusedException when it refuses: an older version may not be compatible
     */
    public int register(String subject, Schema schema) {
        return post("/subjects/" + URLEncoder.encode(subject, StandardCharsets.UTF_8) + "/versions", subject, schema);
    }

    private int post(String path, String subject, Schema schema) {
        String body = JSON.createObjectNode().put("schema", schema.toString()).toString();
        HttpRequest request =
                request(path).POST(HttpRequest.BodyPublishers.ofString(body)).build();
        String what = "schema " + schema.getFullName() + " of subject " + subject;
        JsonNode id = ask(request, what).path("id");
        if (!id.isIntegralNumber() || !id.canConvertToInt() || id.asInt() <= 0) {
            throw new RegistryUnavailableException(
                    what + ": expected an id above 0 from registry " + url + ", got " + id, null);
        }
        return id.asInt();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url + path))
                .timeout(TIMEOUT)
                .header("Content-Type", "application/vnd.schemaregistry.v1+json");
    }

    private JsonNode ask(HttpRequest request, String what) {
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            int status = response.statusCode();
            if (status == 200) {
                return JSON.readTree(response.body());
            }
            if (status == 404) {
                throw new UnknownSchemaException(what + " is not registered at " + url);
            }
            String answered = what + ": registry " + url + " answered " + status;
            if (status >= 400 && status < 500 && status != 408 && status != 429) {
                throw new RegistryRefusedException(answered + ": " + beginning(response.body()));
            }
            throw new RegistryUnavailableException(answered, null);
        } catch (JsonProcessingException e) {
            throw new RegistryUnavailableException(what + ": registry " + url + " did not answer in JSON", e);
        } catch (IOException e) {
            throw new RegistryUnavailableException(what + ": registry " + url + " cannot be reached", e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private static String beginning(String body) {
        return body.substring(0, Math.min(body.length(), REASON_CHARACTERS));
    }

    /** The registry did not answer as a registry should: not the record's fault, try again. */
    private static final class RegistryUnavailableException extends RetriableException {
        private static final long serialVersionUID = 1L;

        RegistryUnavailableException(String message, @org.jspecify.annotations.Nullable Throwable cause) {
            super(message, cause);
        }
    }
}
