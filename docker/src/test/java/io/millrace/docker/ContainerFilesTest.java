package io.millrace.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** No Docker engine is needed: what the files say is held against the code, and each check finds a planted fault. */
class ContainerFilesTest {
    private static final Path ROOT = Path.of("..");
    private static final Path DOCKER = ROOT.resolve("docker");
    private static final String COMPOSE = "docker-compose.yml";

    @Test
    void shouldFindNothingWrongWithTheImages() throws IOException {
        assertThat(imagesWith("", "")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "docker-compose.gpu.yml", "docker-compose.s3.yml"})
    void shouldFindNothingWrongWithTheServices(String override) throws IOException {
        assertThat(servicesWith("", "", override)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "USER 10001:10001 | USER 0:0 | expected user 10001:10001",
                "EXPOSE 9464 | EXPOSE 8080 | exposes 8080 and listens on 9464",
                "PIPELINE_HTTP_HOST=0.0.0.0 | PIPELINE_HTTP_HOST=127.0.0.1 | cannot be reached",
                "PIPELINE_HTTP_PORT=9464 | PIPELINE_HTTP_PROT=9464 | unknown key pipeline.http.prot",
                "PIPELINE_BLOB_STORE=file: | PIPELINE_BLOB_STORE=ftp: | pipeline.blob.store",
                "STREAM_STATE_DIR= | STREAM_STATE_DIRS= | unknown key stream.state.dirs",
                "TRAINER_DEVICE=cuda | TRAINER_DEVICE=tpu | trainer.device",
                "XDG_CACHE_HOME=/tmp | XDG_CACHE=/tmp | nothing reads XDG_CACHE",
                "/opt/millrace/healthy | /opt/millrace/health | is not in the image",
                "HEALTHCHECK --interval=10s | ONBUILD | expected a health check",
                "\"readyz\" | \"ready\" | expected a health check",
                "\"/opt/millrace/run\" | \"/opt/run\" | is not in the image",
                "io.millrace.stream.StreamCommand | io.millrace.stream.Stream | expected to start",
                "COPY --from=build /image/tools | COPY --from=build /image/cli | nothing makes what it copies",
                "docker/assemble stream-app | docker/assemble stream | nothing makes what it copies",
                "AS trainer-worker-cuda | AS cuda | no target trainer-worker-cuda"
            })
    void shouldSeeAFaultInTheDockerfile(String right, String wrong, String problem) throws IOException {
        assertThat(imagesWith(right, wrong)).anyMatch(found -> found.contains(problem));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "read_only: true | readonly: true | unknown key readonly",
                "/tmp:exec,mode | /tmp:mode | /tmp that allows execution",
                "cap_drop: [ALL] | cap_drop: [NET_RAW] | has privileges",
                "KAFKA_BOOTSTRAP_SERVERS: kafka-1:9092 | KAFKA_BOOTSTRAP_SERVER: kafka-1:9092 | nothing reads",
                "KAFKA_BOOTSTRAP_SERVERS: kafka-1:9092 | KAFKA_BOOTSTRAP_SERVERS: kafka-4:9092 | where nothing listens",
                "http://registry:8080 | http://registry:8081 | where nothing listens",
                "STREAM_THREADS: \"2\" | STREAM_THREADS: \"many\" | stream.threads",
                "TRAINER_ROLES: train | TRAINER_ROLE: train | unknown key trainer.role",
                "TRAINER_ROLES: predict | TRAINER_ROLES: guess | trainer.roles",
                "dockerfile: docker/Dockerfile | dockerfile: Dockerfile | there is no Dockerfile",
                "target: trainer-worker | target: trainer | there is no target trainer",
                "\"topics\", \"--partitions\" | \"topics\", \"--partition\" | --partition",
                "\"--replicas\", \"3\" | \"--replicas\", \"4\" | more copies than there are brokers",
                "[\"feed\", | [\"fed\", | fed",
                "./prometheus: | ./prom: | which is not there",
                "- blobs:/var | - blob:/var | which is not there",
                "condition: service_completed_successfully | condition: service_done | never fulfils service_done",
                "\"127.0.0.1:9090:9090\" | \"9090:9090\" | publishes 9090:9090",
                "stop_grace_period: 45s | stop_grace_period: 10s | time to end in order",
                "apache/kafka:${KAFKA_VERSION:-4.3.2} | apache/kafka:latest | image of one version",
                "KAFKA_NODE_ID: \"2\" | KAFKA_NODE_ID: \"3\" | expected one cluster",
                "KAFKA_MIN_INSYNC_REPLICAS | KAFKA_MIN_INSYNC_REPLICS | Kafka does not know min.insync.replics",
                "HOST:PLAINTEXT | HOSTS:PLAINTEXT | Kafka refuses its settings",
                "INTERNAL://kafka-3:9092 | INTERNAL://kafka-2:9092 | does not tell its own name"
            })
    void shouldSeeAFaultInTheServices(String right, String wrong, String problem) throws IOException {
        assertThat(servicesWith(right, wrong, "")).anyMatch(found -> found.contains(problem));
    }

    private static List<String> imagesWith(String right, String wrong) throws IOException {
        return new ImageCheck(ROOT, new Dockerfile(planted("Dockerfile", right, wrong))).problems();
    }

    private static List<String> servicesWith(String right, String wrong, String override) throws IOException {
        List<String> files = new ArrayList<>(List.of(planted(COMPOSE, right, wrong)));
        if (!override.isEmpty()) {
            files.add(Files.readString(DOCKER.resolve(override)));
        }
        Dockerfile images = new Dockerfile(Files.readString(DOCKER.resolve("Dockerfile")));
        return new ComposeCheck(DOCKER, images, files).problems();
    }

    private static String planted(String file, String right, String wrong) throws IOException {
        String text = Files.readString(DOCKER.resolve(file));
        assertThat(text).contains(right);
        return text.replace(right, wrong);
    }
}
