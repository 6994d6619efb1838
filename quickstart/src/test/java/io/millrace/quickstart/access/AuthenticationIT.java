package io.millrace.quickstart.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.quickstart.access.SecureBroker.Listener;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who gets to the broker at all, and as whom: each user sees its own topic and no other. */
class AuthenticationIT {
    private static final String PASSWORD = "key-password";

    @TempDir
    private static Path directory;

    private static SecureBroker broker;

    @BeforeAll
    static void start() throws Exception {
        broker = new SecureBroker(directory);
        try (Admin admin = broker.admin()) {
            broker.addUsers(admin, List.of("alice"));
            for (String user : List.of("alice", "bob", "carol")) {
                admin.createTopics(List.of(new NewTopic("of-" + user, 1, (short) 1)))
                        .all()
                        .get();
                ResourcePattern topic = new ResourcePattern(ResourceType.TOPIC, "of-" + user, PatternType.LITERAL);
                AccessControlEntry entry =
                        new AccessControlEntry("User:" + user, "*", AclOperation.DESCRIBE, AclPermissionType.ALLOW);
                admin.createAcls(List.of(new AclBinding(topic, entry))).all().get();
            }
        }
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void shouldKnowAUserByThePassword() throws Exception {
        assertThat(topicsSeenBy(broker.withPassword("alice", SecureBroker.passwordOf("alice"))))
                .containsExactly("of-alice");
    }

    @Test
    void shouldKnowAUserByTheCertificateWhenItsPasswordComesFromAFile() throws Exception {
        Map<String, String> client =
                broker.withCertificate(broker.authority().keyStore("bob", PASSWORD), broker.secret("bob", PASSWORD));
        client.putAll(broker.fromFiles());

        assertThat(topicsSeenBy(client)).containsExactly("of-bob");
    }

    @Test
    void shouldKnowAUserByTheToken() throws Exception {
        broker.issuer().writeToken(broker.tokenFile(), "carol", TokenIssuer.AUDIENCE, Duration.ofMinutes(5));

        assertThat(topicsSeenBy(broker.withToken())).containsExactly("of-carol");
    }

    @Test
    void shouldRefuseAWrongPasswordAndSayThatAndNotWhich() throws Exception {
        assertThatThrownBy(() -> topicsSeenBy(broker.withPassword("alice", "guessed")))
                .cause()
                .isInstanceOf(SaslAuthenticationException.class)
                .hasMessageContaining("invalid credentials with SASL mechanism SCRAM-SHA-512")
                .hasMessageNotContaining("guessed");
    }

    @Test
    void shouldRefuseATokenForSomebodyElseOrFromAnotherIssuer() throws Exception {
        broker.issuer().writeToken(broker.tokenFile(), "carol", "another-audience", Duration.ofMinutes(5));
        assertThatThrownBy(() -> topicsSeenBy(broker.withToken()))
                .cause()
                .isInstanceOf(SaslAuthenticationException.class);

        new TokenIssuer().writeToken(broker.tokenFile(), "carol", TokenIssuer.AUDIENCE, Duration.ofMinutes(5));
        assertThatThrownBy(() -> topicsSeenBy(broker.withToken()))
                .cause()
                .isInstanceOf(SaslAuthenticationException.class);
    }

    @Test
    void shouldRefuseACertificateOfAnotherAuthorityOrOfYesterday() throws Exception {
        CertificateAuthority other = new CertificateAuthority(directory.resolve("other"), "Somebody else's CA");
        assertThatThrownBy(() -> topicsSeenBy(broker.withCertificate(other.keyStore("bob", PASSWORD), PASSWORD)))
                .cause()
                .isInstanceOf(SslAuthenticationException.class);
        Path old = broker.authority().expiredKeyStore("bob", PASSWORD);
        assertThatThrownBy(() -> topicsSeenBy(broker.withCertificate(old, PASSWORD)))
                .cause()
                .isInstanceOf(SslAuthenticationException.class);
    }

    @Test
    void shouldRefuseABrokerOfAnotherAuthority() throws Exception {
        CertificateAuthority other = new CertificateAuthority(directory.resolve("another"), "Somebody else's CA");
        Map<String, String> client = broker.withPassword("alice", SecureBroker.passwordOf("alice"));
        client.put("ssl.truststore.location", other.trustStore("store-password").toString());

        assertThatThrownBy(() -> topicsSeenBy(client))
                .cause()
                .isInstanceOf(SslAuthenticationException.class)
                .hasMessageContaining("SSL handshake failed");
    }

    @Test
    void shouldRefuseABrokerUnderAnotherName() throws Exception {
        Map<String, String> client = broker.withPassword("alice", SecureBroker.passwordOf("alice"));
        client.put("bootstrap.servers", broker.address(Listener.SCRAM).replace("127.0.0.1", "localhost"));

        assertThatThrownBy(() -> topicsSeenBy(client))
                .as("the certificate is for 127.0.0.1")
                .cause()
                .isInstanceOf(SslAuthenticationException.class);
    }

    @Test
    void shouldShowNothingToWhomItDoesNotKnow() throws Exception {
        assertThat(topicsSeenBy(Map.of("bootstrap.servers", broker.address(Listener.OPEN))))
                .isEmpty();
    }

    private static Set<String> topicsSeenBy(Map<String, String> client) throws Exception {
        Map<String, Object> patient = new HashMap<>(client);
        patient.putAll(Map.of("default.api.timeout.ms", 20_000, "request.timeout.ms", 20_000));
        try (Admin admin = Admin.create(patient)) {
            return admin.listTopics().names().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("refused", e.getCause());
        }
    }
}
