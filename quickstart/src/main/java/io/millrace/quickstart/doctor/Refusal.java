package io.millrace.quickstart.doctor;

import io.millrace.quickstart.doctor.Finding.Fail;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.IllegalSaslStateException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnsupportedSaslMechanismException;

/**
 * A port that is open, and a broker that does not come to terms with us: what it was.
 *
 * @param kafka settings of the clients
 * @param given the addresses they were given
 */
record Refusal(Map<String, String> kafka, List<Address> given) {
    private static final String PROTOCOL = "kafka.security.protocol";

    /** Explains what a first question to the broker threw. */
    Finding explain(KafkaException failure) {
        if (failure instanceof SslAuthenticationException) {
            return tls(failure);
        }
        if (failure instanceof AuthenticationException) {
            return login(failure);
        }
        if (failure instanceof TimeoutException) {
            return silence();
        }
        return fail(
                "the settings of the Kafka clients do not work: " + Failures.reason(failure), "correct kafka.* there");
    }

    private Finding tls(KafkaException failure) {
        String reason = Failures.reason(failure);
        String found = "the TLS handshake failed: " + reason;
        if (reason.contains("Unsupported or unrecognized SSL message") || reason.contains("plaintext connection")) {
            String plain = protocol().startsWith("SASL") ? "SASL_PLAINTEXT" : "PLAINTEXT";
            return fail(found + ": the port does not speak TLS", Remedies.set(PROTOCOL, plain));
        }
        if (reason.contains("PKIX") || reason.contains("certification path") || reason.contains("unknown_ca")) {
            return fail(
                    found,
                    Remedies.set("kafka.ssl.truststore.location", "FILE")
                            + " with the authority that signed the broker's certificate");
        }
        if (reason.contains("No subject alternative") || reason.contains("No name matching")) {
            return fail(
                    found,
                    Remedies.set("kafka.bootstrap.servers", "HOST:PORT")
                            + " with a name that stands in its certificate");
        }
        return fail(
                found,
                Remedies.set("kafka.ssl.keystore.location", "FILE")
                        + " with a certificate that the broker trusts, if it asks clients for one");
    }

    private Finding login(KafkaException failure) {
        String reason = Failures.reason(failure);
        if (failure instanceof UnsupportedSaslMechanismException) {
            return fail(
                    "the broker does not offer this way to log in: " + reason,
                    Remedies.set("kafka.sasl.mechanism", "SCRAM-SHA-512") + ", or what the broker has enabled");
        }
        if (failure instanceof IllegalSaslStateException) {
            String without = protocol().endsWith("SSL") ? "SSL" : "PLAINTEXT";
            return fail("the port takes no logins: " + reason, Remedies.set(PROTOCOL, without));
        }
        if (failure instanceof SaslAuthenticationException) {
            return fail(
                    "the broker refuses the login: " + reason,
                    "put the right user and password into kafka.sasl.jaas.config");
        }
        return fail("the broker refuses us: " + reason, "correct kafka.security.* and kafka.sasl.*");
    }

    private Finding silence() {
        boolean login = protocol().startsWith("SASL");
        boolean plain = protocol().endsWith("PLAINTEXT");
        boolean tls = given.stream().anyMatch(Address::speaksTls);
        if (plain && tls) {
            return fail(
                    "the port speaks TLS, and the clients do not", Remedies.set(PROTOCOL, login ? "SASL_SSL" : "SSL"));
        }
        if (!plain && !tls) {
            return fail(
                    "the port does not take part in a TLS handshake",
                    Remedies.set(PROTOCOL, login ? "SASL_PLAINTEXT" : "PLAINTEXT"));
        }
        return fail(
                "the port is open, and no broker answers there in " + protocol(),
                Remedies.set("kafka.bootstrap.servers", "HOST:PORT") + " of a Kafka listener; if it asks for a login, "
                        + Remedies.set(PROTOCOL, "SASL_SSL"));
    }

    private String protocol() {
        return kafka.getOrDefault("security.protocol", "PLAINTEXT");
    }

    private static Finding fail(String found, String remedy) {
        return new Fail(ConnectionCheck.NAME, found, remedy);
    }
}
