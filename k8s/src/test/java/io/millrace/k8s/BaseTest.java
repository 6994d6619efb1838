package io.millrace.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.runtime.Endpoint;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds the base to the rules, and shows that each rule can fail. */
class BaseTest {
    private static Bundle base = new Bundle("none", List.of());

    @BeforeAll
    static void readOnce() throws IOException {
        base = Bundle.base();
    }

    @Test
    void shouldKeepEveryRule() throws IOException {
        assertThat(complaints(base)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "readOnlyRootFilesystem":true       | "readOnlyRootFilesystem":false       | root file system
            "allowPrivilegeEscalation":false    | "allowPrivilegeEscalation":true      | privileges
            "runAsNonRoot":true                 | "runAsNonRoot":false                 | root
            "runAsUser":10001                   | "runAsUser":0                        | runs as user 0
            "drop":["ALL"]                      | "drop":["NET_RAW"]                   | capabilities
            "type":"RuntimeDefault"             | "type":"Unconfined"                  | seccomp
            "automountServiceAccountToken":false| "automountServiceAccountToken":true  | service account token
            "enableServiceLinks":false          | "enableServiceLinks":true            | variables of services
            "sizeLimit":"256Mi"                 | "medium":"Memory"                    | no limit for tmp
            "limits":{"memory":"1Gi"            | "limits":{"memory":"1Mi"             | requests more memory
            "path":"/livez"                     | "path":"/health"                     | probe on /livez
            "path":"/readyz"                    | "path":"/ready"                      | probe on /readyz
            "containerPort":9464                | "containerPort":9000                 | no port named metrics
            "mountPath":"/tmp"                  | "mountPath":"/etc/millrace/tmp"      | below /etc/millrace
            "TRAINER_ROLES"                     | "TRAINER_ROLE"                       | TRAINER_ROLE
            "value":"predict"                   | "value":"predikt"                    | predikt
            "STREAM_STATE_DIR"                  | "STREAM_STATE"                       | unknown key stream.state
            "KAFKA_GROUP_INSTANCE_ID"           | "KAFKA_GROUP_INSTANCE"               | nobody reads: KAFKA_GROUP_INSTANCE
            "mountPath":"/var/lib/millrace/blobs"| "mountPath":"/blobs"                | no blob store
            "--config"                          | "--konfig"                           | konfig
            /etc/millrace/kafka.properties      | /etc/millrace/kafka.conf             | not there
            "path":"kafka/sasl.jaas.config"     | "path":"sasl.jaas.config"            | a secret of kafka.* cannot be read
            "replicas":1                        | "replicas":2                         | one trainer
            "terminationGracePeriodSeconds":120 | "terminationGracePeriodSeconds":30   | last commit
            /enforce":"restricted"              | /enforce":"baseline"                 | pod security
            "claimName":"blobs"                 | "claimName":"blob"                   | missing blob
            "name":"millrace-predictor"         | "name":"millrace-trainer"            | secret of another
            "monitoring"                        | "default"                            | monitoring namespace only
            metadata.name":"kafka"             | metadata.name":"brokers"            | reach the brokers
            "port":9093                         | "port":9092                          | reach the brokers
            "maxUnavailable":1                  | "maxUnavailable":0                   | disruption budget
            "suspend":true                      | "suspend":false                      | models runs by itself
            """)
    void shouldComplainWhenAManifestHasAFault(String written, String instead, String complaint) throws IOException {
        assertThat(complaints(base.with(written, instead)))
                .anySatisfy(one -> assertThat(one).contains(complaint));
    }

    @ParameterizedTest
    @CsvSource({
        "NetworkPolicy, deny-all, denied to begin with",
        "NetworkPolicy, to-brokers, reach the brokers",
        "PodDisruptionBudget, predictor, predictor has no disruption budget",
        "ConfigMap, settings, takes variables from a missing map settings",
        "ConfigMap, kafka, mounts a missing kafka",
        "PersistentVolumeClaim, blobs, missing blobs",
        "StatefulSet, trainer, no trainer",
        "CronJob, models, recipe for taking a model back"
    })
    void shouldComplainWhenSomethingIsMissing(String kind, String name, String complaint) throws IOException {
        assertThat(complaints(base.without(kind, name)))
                .anySatisfy(one -> assertThat(one).contains(complaint));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/livez", "/readyz", "/metrics"})
    void shouldProbeWhatAProcessAnswers(String path) throws Exception {
        try (Endpoint endpoint = new Endpoint("127.0.0.1", 0)) {
            endpoint.readyWhen("part", () -> true);
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + endpoint.port() + path))
                    .timeout(Duration.ofSeconds(5))
                    .build();
            int status = HttpClient.newHttpClient()
                    .send(request, BodyHandlers.discarding())
                    .statusCode();

            assertThat(status).isEqualTo(200);
        }
    }

    static List<String> complaints(Bundle bundle) throws IOException {
        List<String> complaints = new ArrayList<>(PodRules.complaints(bundle));
        complaints.addAll(SettingsRules.complaints(bundle));
        complaints.addAll(BundleRules.complaints(bundle));
        return complaints;
    }
}
