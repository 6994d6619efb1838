package io.millrace.runtime;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.runtime.meters.KafkaMeters;
import io.millrace.runtime.meters.ProcessMemory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;

/**
 * The one port of a process: {@code /metrics} for Prometheus, {@code /livez} and {@code /readyz} for whoever restarts
 * and routes, and what else the process serves. Closing it frees the port.
 */
public final class Endpoint implements AutoCloseable {
    static {
        // A client that sends or takes its bytes slowly must not hold a thread for ever. In seconds; the JDK reads it
        // once.
        for (String limit : new String[] {"sun.net.httpserver.maxReqTime", "sun.net.httpserver.maxRspTime"}) {
            System.setProperty(limit, System.getProperty(limit, "5"));
        }
    }

    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics collections = new JvmGcMetrics();
    private final Map<String, BooleanSupplier> live = new ConcurrentHashMap<>();
    private final Map<String, BooleanSupplier> ready = new ConcurrentHashMap<>();
    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(2, work -> {
        Thread thread = new Thread(work, "endpoint");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * Listens at once; not ready until a check says so.
     *
     * @param port 0 takes a free one
     */
    public Endpoint(String host, int port) throws IOException {
        server = HttpServer.create(new InetSocketAddress(host, port), 0);
        server.setExecutor(threads);
        serve(
                "/metrics",
                exchange -> answer(exchange, 200, "text/plain; version=0.0.4; charset=utf-8", meters.scrape()));
        serve("/livez", exchange -> answer(exchange, live, true));
        serve("/readyz", exchange -> answer(exchange, ready, isReady()));
        bindProcess();
        server.start();
    }

    /** What any process has. */
    private void bindProcess() {
        meters.config().meterFilter(KafkaMeters.filter());
        // Their names are not what Prometheus asks of a name.
        meters.config().meterFilter(MeterFilter.denyNameStartsWith("process.cpu.time"));
        meters.config().meterFilter(MeterFilter.denyNameStartsWith("system.cpu.count"));
        new ClassLoaderMetrics().bindTo(meters);
        new FileDescriptorMetrics().bindTo(meters);
        collections.bindTo(meters);
        new JvmMemoryMetrics().bindTo(meters);
        new JvmThreadMetrics().bindTo(meters);
        new ProcessMemory().bindTo(meters);
        new ProcessorMetrics().bindTo(meters);
        new UptimeMetrics().bindTo(meters);
    }

    /** Meters of the process; everything registered here is scraped. */
    public PrometheusMeterRegistry meters() {
        return meters;
    }

    /** Port that is listened on. */
    public int port() {
        return server.getAddress().getPort();
    }

    /** The process must be restarted when this turns false. */
    public void liveWhen(String name, BooleanSupplier check) {
        live.put(name, check);
    }

    /** The process can do its work only while this is true. */
    public void readyWhen(String name, BooleanSupplier check) {
        ready.put(name, check);
    }

    /** True when every check of readiness is; false before there is one. */
    public boolean isReady() {
        return !ready.isEmpty() && ready.values().stream().allMatch(BooleanSupplier::getAsBoolean);
    }

    /** Serves another path, to GET only; one that ends with a slash serves whatever lies below it. */
    public void serve(String path, HttpHandler handler) {
        server.createContext(path, exchange -> {
            try (exchange) {
                if (!path.endsWith("/") && !exchange.getRequestURI().getPath().equals(path)) {
                    exchange.sendResponseHeaders(404, -1);
                } else if (!"GET".equals(exchange.getRequestMethod())) {
                    exchange.sendResponseHeaders(405, -1);
                } else {
                    handler.handle(exchange);
                }
            }
        });
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        collections.close();
        meters.close();
    }

    private static void answer(HttpExchange exchange, Map<String, BooleanSupplier> checks, boolean begun)
            throws IOException {
        StringBuilder body = new StringBuilder();
        boolean all = begun;
        for (Map.Entry<String, BooleanSupplier> check : new TreeMap<>(checks).entrySet()) {
            boolean ok = check.getValue().getAsBoolean();
            all &= ok;
            body.append(ok ? "ok   " : "fail ").append(check.getKey()).append('\n');
        }
        answer(exchange, all ? 200 : 503, "text/plain; charset=utf-8", body.toString());
    }

    /** Answers a request with a text. */
    public static void answer(HttpExchange exchange, int status, String type, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }
}
