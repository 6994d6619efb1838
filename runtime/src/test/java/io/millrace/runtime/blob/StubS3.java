package io.millrace.runtime.blob;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * As much of an S3 server as the store speaks to: put with {@code If-None-Match} and checksum, get, delete, errors in XML.
 * Faults are scripted: each is used up by one request, and says whether it answered it.
 */
final class StubS3 implements AutoCloseable {
    static final String BUCKET = "models";

    final Map<String, byte[]> objects = new ConcurrentHashMap<>();
    final Deque<Fault> faults = new ConcurrentLinkedDeque<>();
    final List<String> requests = Collections.synchronizedList(new ArrayList<>());
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer server;

    /** What goes wrong with one request. */
    interface Fault {
        /** Answers the request in its own way, or returns false for the right answer. */
        boolean answer(HttpExchange exchange) throws IOException;
    }

    StubS3() throws IOException {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** A fault that answers with an error. */
    static Fault error(int status, String code) {
        return exchange -> {
            refuse(exchange, status, code);
            return true;
        };
    }

    /** A fault that answers nothing until the client has gone. */
    static Fault silence(long millis) {
        return exchange -> {
            pause(millis);
            exchange.close();
            return true;
        };
    }

    static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static void refuse(HttpExchange exchange, int status, String code) throws IOException {
        byte[] body = ("<?xml version=\"1.0\"?><Error><Code>" + code + "</Code><Message>scripted</Message></Error>")
                .getBytes(StandardCharsets.UTF_8);
        exchange.getRequestBody().readAllBytes();
        exchange.getResponseHeaders().set("Content-Type", "application/xml");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private void handle(HttpExchange exchange) throws IOException {
        String method = exchange.getRequestMethod();
        String path = exchange.getRequestURI().getRawPath();
        requests.add(method + " " + path);
        try {
            Fault fault = faults.poll();
            if (fault != null && fault.answer(exchange)) {
                return;
            }
            if (!path.startsWith("/" + BUCKET + "/")) {
                refuse(exchange, 404, "NoSuchBucket");
                return;
            }
            String key = path.substring(BUCKET.length() + 2);
            switch (method) {
                case "PUT" -> put(exchange, key);
                case "GET" -> get(exchange, key);
                case "DELETE" -> {
                    objects.remove(key);
                    exchange.sendResponseHeaders(204, -1);
                    exchange.close();
                }
                default -> refuse(exchange, 405, "MethodNotAllowed");
            }
        } catch (IOException | UncheckedIOException e) {
            exchange.close(); // the client has gone
        }
    }

    private void put(HttpExchange exchange, String key) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        String checksum = Base64.getEncoder().encodeToString(HexFormat.of().parseHex(Sha256.of(body)));
        if (!checksum.equals(exchange.getRequestHeaders().getFirst("x-amz-checksum-sha256"))) {
            refuse(exchange, 400, "BadDigest");
            return;
        }
        boolean onlyNew = "*".equals(exchange.getRequestHeaders().getFirst("If-None-Match"));
        if (onlyNew && objects.putIfAbsent(key, body) != null) {
            refuse(exchange, 412, "PreconditionFailed");
            return;
        }
        objects.put(key, body);
        exchange.getResponseHeaders().set("x-amz-checksum-sha256", checksum);
        exchange.getResponseHeaders().set("ETag", "\"of no account\"");
        exchange.sendResponseHeaders(200, -1);
        exchange.close();
    }

    private void get(HttpExchange exchange, String key) throws IOException {
        byte[] body = objects.get(key);
        if (body == null) {
            refuse(exchange, 404, "NoSuchKey");
            return;
        }
        exchange.getResponseHeaders().set("ETag", "\"of no account\"");
        exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
