package io.millrace.quickstart.broker;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;

/**
 * A real Kafka broker with its own controller (KRaft) in this JVM, on 127.0.0.1 only. What it stores lies in a directory
 * and is there again after a restart, whatever port it then listens on.
 *
 * <p>Kafka does not promise {@link StorageTool} and {@link KafkaRaftServer} to anybody: nothing outside this class
 * touches them.
 */
public final class EmbeddedBroker implements AutoCloseable {
    private static final String HOST = "127.0.0.1";
    private static final String PROPERTIES = "server.properties";
    private static final String CLUSTER_ID = "cluster.id";

    private final KafkaRaftServer server;
    private final String bootstrapServers;
    private boolean closed;

    private EmbeddedBroker(KafkaRaftServer server, String bootstrapServers) {
        this.server = server;
        this.bootstrapServers = bootstrapServers;
    }

    /**
     * Starts a broker and returns once it serves.
     *
     * @param directory where it stores everything; made and formatted when it is new
     * @param port port for clients; 0 takes a free one
     * @throws IOException when the directory cannot be used, for instance because another broker runs on it
     */
    public static EmbeddedBroker start(Path directory, int port) throws IOException {
        return start(directory, port, Map.of());
    }

    /**
     * Starts a broker that is set otherwise.
     *
     * @param own settings of the broker that override those here, such as {@code listeners}
     */
    public static EmbeddedBroker start(Path directory, int port, Map<String, String> own) throws IOException {
        Files.createDirectories(directory);
        int clientPort = port == 0 ? freePort() : port;
        int controllerPort = freePort();
        while (controllerPort == clientPort) { // one that was let go may be given out again
            controllerPort = freePort();
        }
        Properties settings = settings(directory, clientPort, controllerPort);
        settings.putAll(own);
        Path file = directory.resolve(PROPERTIES);
        try (OutputStream out = Files.newOutputStream(file)) {
            settings.store(out, "written at each start; see EmbeddedBroker");
        }
        format(file, clusterId(directory));
        KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(settings), Time.SYSTEM);
        server.startup();
        return new EmbeddedBroker(server, HOST + ":" + clientPort);
    }

    /** Address for clients. */
    public String bootstrapServers() {
        return bootstrapServers;
    }

    /** Shuts down in order: logs are flushed and closed, so that the next start recovers nothing. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            server.shutdown();
            server.awaitShutdown();
        }
    }

    private static Properties settings(Path directory, int port, int controllerPort) {
        Properties settings = new Properties();
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", "1");
        settings.put("controller.quorum.voters", "1@" + HOST + ":" + controllerPort);
        settings.put("controller.listener.names", "CONTROLLER");
        settings.put("listeners", "PLAINTEXT://" + HOST + ":" + port + ",CONTROLLER://" + HOST + ":" + controllerPort);
        settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        settings.put("log.dirs", directory.resolve("log").toAbsolutePath().toString());
        settings.put("auto.create.topics.enable", "false");
        settings.put("num.network.threads", "2");
        settings.put("num.io.threads", "4");
        // One node: every internal topic has one replica, and few partitions because each costs open files.
        settings.put("offsets.topic.replication.factor", "1");
        settings.put("offsets.topic.num.partitions", "4");
        settings.put("transaction.state.log.replication.factor", "1");
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("transaction.state.log.num.partitions", "4");
        settings.put("share.coordinator.state.topic.replication.factor", "1");
        settings.put("share.coordinator.state.topic.min.isr", "1");
        settings.put("share.coordinator.state.topic.num.partitions", "1");
        // A transaction that a killed process left open holds up its readers: look for them every second, not every
        // ten.
        settings.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000");
        // Nobody else will join: rebalance at once.
        settings.put("group.initial.rebalance.delay.ms", "0");
        // 2 MiB instead of 128 MiB: saves memory, compacted topics here are small.
        settings.put("log.cleaner.dedupe.buffer.size", "2097152");
        return settings;
    }

    /** The id under which the directory was formatted, or a new one that is written down before it is used. */
    private static String clusterId(Path directory) throws IOException {
        Path file = directory.resolve(CLUSTER_ID);
        if (!Files.exists(file)) {
            Files.writeString(file, Uuid.randomUuid().toString());
        }
        return Files.readString(file).trim();
    }

    private static void format(Path properties, String clusterId) throws IOException {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        String[] command = {"format", "--ignore-formatted", "-t", clusterId, "-c", properties.toString()};
        int exit;
        try (PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8)) {
            exit = StorageTool.execute(command, out);
        }
        if (exit != 0) {
            throw new IOException("formatting the broker's directory failed: " + said.toString(StandardCharsets.UTF_8));
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
