package io.millrace.quickstart.access;

import io.millrace.quickstart.broker.EmbeddedBroker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialAlteration;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.config.provider.FileConfigProvider;
import org.apache.kafka.metadata.authorizer.StandardAuthorizer;
import org.apache.kafka.server.authorizer.Action;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;
import org.apache.kafka.server.authorizer.AuthorizationResult;

/**
 * A broker as docs/SECURITY.md wants it: TLS 1.3 everywhere, SCRAM for parts, certificates for the broker itself and for
 * whoever prefers them, ACLs that deny by default. Two more listeners are there for tests: one without any security, for
 * anonymous clients, and one for bearer tokens.
 */
public final class SecureBroker implements AutoCloseable {
    private static final String STORE_PASSWORD = "store-password";
    private static final String SCRAM = "SCRAM-SHA-512";
    private static final String HOST = "127.0.0.1";

    private final Path directory;
    private final CertificateAuthority authority;
    private final String trust;
    private final TokenIssuer issuer = new TokenIssuer();
    private final EmbeddedBroker broker;
    private final Map<Listener, Integer> ports = new HashMap<>();

    /** Ways to the broker. */
    public enum Listener {
        SCRAM,
        MTLS,
        BEARER,
        OPEN,
        CONTROLLER
    }

    /** The broker's own authorizer, so that a test can ask it whatever a client could. */
    public static final class Asked extends StandardAuthorizer {
        private static final List<Asked> RUNNING = new CopyOnWriteArrayList<>();
        private final Set<String> allowed = ConcurrentHashMap.newKeySet();
        private final Set<String> refused = ConcurrentHashMap.newKeySet();

        public Asked() {
            RUNNING.add(this);
        }

        /** What was allowed so far: {@code camera WRITE TOPIC millrace.frames}. */
        public Set<String> allowed() {
            return Set.copyOf(allowed);
        }

        /** What was refused so far, save what the broker only tries because something less would do. */
        public Set<String> refused() {
            return Set.copyOf(refused);
        }

        @Override
        public List<AuthorizationResult> authorize(AuthorizableRequestContext context, List<Action> actions) {
            List<AuthorizationResult> answers = super.authorize(context, actions);
            for (int i = 0; i < actions.size(); i++) {
                Action action = actions.get(i);
                String asked = context.principal().getName() + " " + action.operation() + " "
                        + action.resourcePattern().resourceType() + " "
                        + action.resourcePattern().name();
                if (answers.get(i) == AuthorizationResult.ALLOWED) {
                    allowed.add(asked);
                } else if (action.logIfDenied()) {
                    refused.add(asked);
                }
            }
            return answers;
        }

        @Override
        public void close() throws IOException {
            RUNNING.remove(this);
            super.close();
        }
    }

    /** @param directory where everything lies: the log, certificates, secrets */
    public SecureBroker(Path directory) throws Exception {
        this.directory = directory;
        this.authority = new CertificateAuthority(directory.resolve("certificates"), "Millrace test CA");
        this.trust = authority.trustStore(STORE_PASSWORD).toString();
        reservePorts();
        Map<String, String> settings = settings();
        settings.putAll(bearerSettings());
        broker = EmbeddedBroker.start(directory.resolve("broker"), ports.get(Listener.SCRAM), settings);
    }

    public CertificateAuthority authority() {
        return authority;
    }

    public String address(Listener listener) {
        return HOST + ":" + ports.get(listener);
    }

    /** The authorizers of broker and controller. */
    public List<Asked> authorizers() {
        return List.copyOf(Asked.RUNNING);
    }

    /** Settings of a client that trusts the broker's authority. */
    public Map<String, String> trusting(Listener listener) throws Exception {
        Map<String, String> client = new HashMap<>();
        client.put("bootstrap.servers", address(listener));
        client.put("ssl.truststore.location", trust);
        client.put("ssl.truststore.password", STORE_PASSWORD);
        client.put("ssl.truststore.type", "PKCS12");
        client.put("ssl.enabled.protocols", "TLSv1.3");
        return client;
    }

    /** Settings of a client with a user name and a password; the value may be a placeholder of a config provider. */
    public Map<String, String> withPassword(String user, String password) throws Exception {
        Map<String, String> client = trusting(Listener.SCRAM);
        client.put("security.protocol", "SASL_SSL");
        client.put("sasl.mechanism", SCRAM);
        client.put(
                "sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"" + user + "\" password=\""
                        + password + "\";");
        return client;
    }

    /** Settings of a client that shows a certificate. */
    public Map<String, String> withCertificate(Path keyStore, String password) throws Exception {
        Map<String, String> client = trusting(Listener.MTLS);
        client.put("security.protocol", "SSL");
        client.put("ssl.keystore.location", keyStore.toString());
        client.put("ssl.keystore.password", password);
        client.put("ssl.keystore.type", "PKCS12");
        return client;
    }

    /** Settings of a client that shows the certificate of a user. */
    public Map<String, String> withCertificateOf(String user) throws Exception {
        return withCertificate(authority.keyStore(user, STORE_PASSWORD), STORE_PASSWORD);
    }

    /** Settings of a client of the super user. */
    public Map<String, String> asAdmin() throws Exception {
        return withCertificateOf("admin");
    }

    /** The super user. */
    public Admin admin() throws Exception {
        return Admin.create(new HashMap<>(asAdmin()));
    }

    /** Gives each user a password: its name and {@code -password}. */
    public void addUsers(Admin admin, List<String> users) throws Exception {
        List<UserScramCredentialAlteration> wanted = new ArrayList<>();
        ScramCredentialInfo info = new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096);
        users.forEach(user -> wanted.add(new UserScramCredentialUpsertion(user, info, passwordOf(user))));
        admin.alterUserScramCredentials(wanted).all().get();
    }

    public static String passwordOf(String user) {
        return user + "-password";
    }

    @Override
    public void close() {
        broker.close();
    }

    private Map<String, String> settings() throws Exception {
        Map<String, String> settings = new HashMap<>();
        List<String> listeners = new ArrayList<>();
        ports.forEach((listener, port) -> listeners.add(listener + "://" + HOST + ":" + port));
        settings.put("listeners", String.join(",", listeners));
        settings.put(
                "listener.security.protocol.map",
                "SCRAM:SASL_SSL,MTLS:SSL,BEARER:SASL_SSL,OPEN:PLAINTEXT,CONTROLLER:SSL");
        settings.put("controller.quorum.voters", "1@" + address(Listener.CONTROLLER));
        settings.put("inter.broker.listener.name", "MTLS");
        settings.put(
                "ssl.keystore.location",
                authority.keyStore("broker", STORE_PASSWORD).toString());
        settings.put("ssl.keystore.password", STORE_PASSWORD);
        settings.put("ssl.keystore.type", "PKCS12");
        settings.put("ssl.truststore.location", trust);
        settings.put("ssl.truststore.password", STORE_PASSWORD);
        settings.put("ssl.truststore.type", "PKCS12");
        settings.put("ssl.enabled.protocols", "TLSv1.3");
        settings.put("ssl.client.auth", "required");
        settings.put("ssl.principal.mapping.rules", "RULE:^CN=([a-z0-9-]+),O=Millrace$/$1/,DEFAULT");
        settings.put("listener.name.scram.ssl.client.auth", "none");
        settings.put("listener.name.scram.sasl.enabled.mechanisms", SCRAM);
        settings.put(
                "listener.name.scram.scram-sha-512.sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required;");
        settings.put("authorizer.class.name", Asked.class.getName());
        settings.put("allow.everyone.if.no.acl.found", "false");
        settings.put("super.users", "User:broker;User:admin");
        return settings;
    }

    /** The broker reads the issuer's key from a file, and both read files only because the JVM says that they may. */
    private Map<String, String> bearerSettings() throws Exception {
        String keys = issuer.writeKeys(directory.resolve("jwks.json")).toUri().toString();
        System.setProperty(
                "org.apache.kafka.sasl.oauthbearer.allowed.urls",
                keys + "," + tokenFile().toUri());
        String bearer = "listener.name.bearer.";
        String mechanism = bearer + "oauthbearer.";
        String module = "org.apache.kafka.common.security.oauthbearer.";
        return Map.of(
                bearer + "ssl.client.auth",
                "none",
                bearer + "sasl.enabled.mechanisms",
                "OAUTHBEARER",
                mechanism + "sasl.jaas.config",
                module + "OAuthBearerLoginModule required;",
                mechanism + "sasl.server.callback.handler.class",
                module + "OAuthBearerValidatorCallbackHandler",
                mechanism + "sasl.oauthbearer.jwt.validator.class",
                module + "BrokerJwtValidator",
                mechanism + "sasl.oauthbearer.jwks.endpoint.url",
                keys,
                mechanism + "sasl.oauthbearer.expected.issuer",
                TokenIssuer.ISSUER,
                mechanism + "sasl.oauthbearer.expected.audience",
                TokenIssuer.AUDIENCE);
    }

    /** Where an agent would put the token of the process. */
    public Path tokenFile() {
        return directory.resolve("token.jwt");
    }

    public TokenIssuer issuer() {
        return issuer;
    }

    /** Settings of a client that shows the token in {@link #tokenFile}. */
    public Map<String, String> withToken() throws Exception {
        Map<String, String> client = trusting(Listener.BEARER);
        client.put("security.protocol", "SASL_SSL");
        client.put("sasl.mechanism", "OAUTHBEARER");
        String module = "org.apache.kafka.common.security.oauthbearer.";
        client.put("sasl.jaas.config", module + "OAuthBearerLoginModule required;");
        client.put("sasl.login.callback.handler.class", module + "OAuthBearerLoginCallbackHandler");
        client.put("sasl.oauthbearer.jwt.retriever.class", module + "FileJwtRetriever");
        client.put("sasl.oauthbearer.token.endpoint.url", tokenFile().toUri().toString());
        return client;
    }

    /** Writes a secret where {@link #fromFiles} finds it, and returns the placeholder for it. */
    public String secret(String key, String value) throws IOException {
        Path file = Files.createDirectories(directory.resolve("secrets")).resolve(key);
        if (!Files.exists(file)) { // clients may be reading it
            Files.writeString(file, "password=" + value + "\n");
        }
        return "${file:" + file + ":password}";
    }

    /** Settings with which a client takes its secrets from files. */
    public Map<String, String> fromFiles() {
        return Map.of(
                "config.providers", "file",
                "config.providers.file.class", FileConfigProvider.class.getName(),
                "config.providers.file.param.allowed.paths",
                        directory.resolve("secrets").toString());
    }

    /** All are held until the last is found: a port that was let go may be given out again. */
    private void reservePorts() throws IOException {
        List<ServerSocket> held = new ArrayList<>();
        try {
            for (Listener listener : Listener.values()) {
                ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                held.add(socket);
                ports.put(listener, socket.getLocalPort());
            }
        } finally {
            for (ServerSocket socket : held) {
                socket.close();
            }
        }
    }
}
