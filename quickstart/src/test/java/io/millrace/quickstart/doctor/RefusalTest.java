package io.millrace.quickstart.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.quickstart.doctor.Finding.Fail;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.UnsupportedSaslMechanismException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RefusalTest {
    @ParameterizedTest
    @MethodSource("refusals")
    void shouldNameTheSettingWhenTheBrokerRefuses(KafkaException thrown, String found, String remedy) {
        Finding finding = new Refusal(Map.of("security.protocol", "SASL_SSL"), List.of()).explain(thrown);

        assertThat(finding).isInstanceOf(Fail.class);
        assertThat(finding.found()).contains(found);
        assertThat(((Fail) finding).remedy()).contains(remedy);
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                Arguments.of(
                        new SaslAuthenticationException("Authentication failed: Invalid username or password"),
                        "refuses the login",
                        "kafka.sasl.jaas.config"),
                Arguments.of(
                        new UnsupportedSaslMechanismException("enabled mechanisms are [SCRAM-SHA-512]"),
                        "does not offer this way to log in",
                        "kafka.sasl.mechanism"),
                Arguments.of(
                        handshake("PKIX path building failed: unable to find valid certification path"),
                        "PKIX",
                        "kafka.ssl.truststore.location"),
                Arguments.of(
                        handshake("No subject alternative names matching IP address 127.0.0.1 found"),
                        "No subject alternative",
                        "kafka.bootstrap.servers"),
                Arguments.of(handshake("bad_certificate"), "bad_certificate", "kafka.ssl.keystore.location"),
                Arguments.of(
                        handshake("Unsupported or unrecognized SSL message"),
                        "does not speak TLS",
                        "--set kafka.security.protocol=SASL_PLAINTEXT"),
                Arguments.of(
                        new KafkaException("Failed to load SSL keystore x.p12"),
                        "Failed to load SSL keystore x.p12",
                        "kafka.*"));
    }

    @Test
    void shouldTellAnAddressThatTheBrokerGivesOutAndNobodyReaches() throws Exception {
        int gone;
        try (ServerSocket open = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            gone = open.getLocalPort();
            assertThat(ConnectionCheck.addresses(List.of(new Node(1, "127.0.0.1", gone))))
                    .isEmpty();
        }

        assertThat(ConnectionCheck.addresses(List.of(new Node(2, "127.0.0.1", gone))))
                .singleElement()
                .satisfies(
                        finding -> assertThat(finding.found()).contains("tells clients to come to 127.0.0.1:" + gone))
                .satisfies(
                        finding -> assertThat(((Fail) finding).remedy()).contains("advertised.listeners of broker 2"));
    }

    @Test
    void shouldReadAddresses() {
        assertThat(Address.of("kafka:9092")).isEqualTo(new Address("kafka", 9092));
        assertThat(Address.of("[::1]:9092")).isEqualTo(new Address("::1", 9092));
        for (String wrong : List.of("", "kafka", "kafka:", ":9092", "kafka:plain", "kafka:99999", "kafka:0")) {
            assertThat(Address.of(wrong).problem())
                    .as(wrong)
                    .hasValueSatisfying(problem -> assertThat(problem.found()).contains("expected host:port"));
        }
    }

    private static SslAuthenticationException handshake(String message) {
        return new SslAuthenticationException("SSL handshake failed", new SSLHandshakeException(message));
    }
}
