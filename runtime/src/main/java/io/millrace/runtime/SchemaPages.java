package io.millrace.runtime;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import io.millrace.schemas.LockedSchemaIds;
import io.millrace.schemas.LockedSchemaIds.Entry;
import io.millrace.schemas.Topics;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The locked schemas, read-only, in the REST form of the Confluent registry, so that any Confluent client can read the
 * topics of a pipeline that has no registry: {@code /schemas/ids/{id}}, {@code /subjects},
 * {@code /subjects/{subject}/versions} and {@code /subjects/{subject}/versions/{version|latest}}.
 */
public final class SchemaPages {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TYPE = "application/vnd.schemaregistry.v1+json";
    private static final int NO_SCHEMA = 40403;
    private static final int NO_SUBJECT = 40401;

    private final LockedSchemaIds ids;
    private final Map<String, String> recordBySubject;

    private SchemaPages(LockedSchemaIds ids, Topics topics) {
        this.ids = ids;
        this.recordBySubject = new TreeMap<>(topics.all().stream()
                .collect(Collectors.toMap(
                        topic -> topic.name() + "-value", topic -> topic.type().getName())));
    }

    /** Adds the pages to an endpoint. */
    public static void serveOn(Endpoint endpoint, Topics topics) {
        SchemaPages pages = new SchemaPages(LockedSchemaIds.load(), topics);
        endpoint.serve("/schemas/ids/", pages::byId);
        endpoint.serve("/subjects", pages::bySubject);
        endpoint.serve("/subjects/", pages::bySubject);
    }

    private void byId(HttpExchange exchange) throws IOException {
        String id = exchange.getRequestURI().getPath().substring("/schemas/ids/".length());
        Optional<Entry> found = ids.entries().stream()
                .filter(entry -> Integer.toString(entry.id()).equals(id))
                .findFirst();
        if (found.isEmpty()) {
            refuse(exchange, NO_SCHEMA, "Schema not found");
            return;
        }
        answer(
                exchange,
                JSON.createObjectNode()
                        .put("schema", found.get().schema().toString())
                        .toString());
    }

    private void bySubject(HttpExchange exchange) throws IOException {
        String[] path = exchange.getRequestURI().getPath().split("/", -1);
        if (path.length == 2 || (path.length == 3 && path[2].isEmpty())) {
            answer(exchange, JSON.valueToTree(recordBySubject.keySet()).toString());
            return;
        }
        List<Entry> versions = ids.entries().stream()
                .filter(entry -> entry.recordName().equals(recordBySubject.get(path[2])))
                .toList();
        if (versions.isEmpty() || path.length > 5 || path.length < 4 || !path[3].equals("versions")) {
            refuse(exchange, NO_SUBJECT, "Subject '" + path[2] + "' not found.");
        } else if (path.length == 4) {
            ArrayNode numbers = JSON.createArrayNode();
            versions.forEach(entry -> numbers.add(entry.version()));
            answer(exchange, numbers.toString());
        } else {
            version(exchange, path[2], versions, path[path.length - 1]);
        }
    }

    private static void version(HttpExchange exchange, String subject, List<Entry> versions, String wanted)
            throws IOException {
        Optional<Entry> found = "latest".equals(wanted)
                ? Optional.of(versions.get(versions.size() - 1))
                : versions.stream()
                        .filter(entry -> Integer.toString(entry.version()).equals(wanted))
                        .findFirst();
        if (found.isEmpty()) {
            refuse(exchange, 40402, "Version not found.");
            return;
        }
        ObjectNode body = JSON.createObjectNode()
                .put("subject", subject)
                .put("version", found.get().version())
                .put("id", found.get().id())
                .put("schema", found.get().schema().toString());
        answer(exchange, body.toString());
    }

    private static void answer(HttpExchange exchange, String body) throws IOException {
        Endpoint.answer(exchange, 200, TYPE, body);
    }

    private static void refuse(HttpExchange exchange, int code, String message) throws IOException {
        String body = JSON.createObjectNode()
                .put("error_code", code)
                .put("message", message)
                .toString();
        Endpoint.answer(exchange, 404, TYPE, body);
    }
}
