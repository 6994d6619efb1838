package io.millrace.trainer.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.record.ModelVersion;
import io.millrace.record.OffsetPosition;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.blob.Sha256;
import io.millrace.trainer.model.Tensor;
import io.millrace.trainer.publish.ModelTopics.Signer;
import io.millrace.trainer.publish.UnusableVersionException.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything that must not be loaded is refused, for its reason; and the same thing undamaged is loaded. */
class ModelCatalogTest {
    private static final byte[] ARTIFACT = Artifact.write(List.of(Tensor.vector("w", 1, 2, 3)));
    private static final byte[] OTHER = Artifact.write(List.of(Tensor.vector("w", 3, 2, 1)));

    @TempDir
    private static Path directory;

    private static Signer a;
    private static Signer b;

    private final FakeBlobs blobs = new FakeBlobs();
    private ModelTopics topics;
    private ModelCatalog catalog;

    @BeforeAll
    static void makeKeys() {
        a = Signer.in(directory, "a");
        b = Signer.in(directory, "b");
    }

    @Test
    void shouldGiveWeightsWhenATrustedSignerSigned() throws IOException {
        open(a.trusted(), "");
        topics.publish(version("v"), a.key());
        assertLoads("v");
    }

    @Test
    void shouldRefuseWhenNobodySigned() {
        open(a.trusted(), "");
        topics.publish(version("v"), null);
        assertRefused("v", Reason.UNSIGNED);
        assertThat(blobs.calls).as("nothing was fetched").isEmpty();
    }

    @Test
    void shouldRefuseWhenSignerIsUnknown() {
        open(b.trusted(), "");
        topics.publish(version("v"), a.key());
        assertRefused("v", Reason.UNKNOWN_SIGNER);
        assertThat(blobs.calls).as("nothing was fetched").isEmpty();
    }

    @Test
    void shouldRefuseWhenSignerIsRevoked() {
        open(a.trusted() + "," + b.trusted(), "a");
        topics.publish(version("v"), a.key());
        assertRefused("v", Reason.REVOKED_SIGNER);
    }

    @Test
    void shouldTakeBothKeysWhileTheyAreRotated() throws IOException {
        open(a.trusted() + "," + b.trusted(), "");
        topics.publish(version("old"), a.key());
        topics.publish(version("new"), b.key());
        assertLoads("old");
        assertLoads("new");
    }

    @Test
    void shouldRefuseWhenAnyFieldIsForged() {
        // Given
        blobs.blobs.put(Sha256.of(OTHER), OTHER);
        Map<String, Consumer<ModelVersion.Builder>> forgeries = new HashMap<>();
        forgeries.put("version", forged -> forged.setVersion("another"));
        forgeries.put("parent", forged -> forged.setParent("p"));
        forgeries.put("artifact", forged -> forged.setSha256(Sha256.of(OTHER)));
        forgeries.put("size", forged -> forged.setSizeBytes(1));
        forgeries.put("time", forged -> forged.setCreatedAt(Instant.ofEpochMilli(2)));
        forgeries.put("step", forged -> forged.setStep(8));
        forgeries.put("method", forged -> forged.setMethod("magic"));
        forgeries.put("network", forged -> forged.setNetwork(Map.of("width", "9")));
        forgeries.put("shape", forged -> forged.setInputShape(List.of(1, 8, 9)));
        forgeries.put("classes", forged -> forged.setClasses(List.of("bright", "dark")));
        forgeries.put("temperature", forged -> forged.setTemperature(2));
        forgeries.put("threshold", forged -> forged.setConfidenceThreshold(0.1));
        forgeries.put("metrics", forged -> forged.setMetrics(Map.of("holdoutAccuracy", 1.0)));
        forgeries.put("offsets", forged -> forged.setLearnedFrom(List.of(new OffsetPosition("t", 0, 9L))));
        forgeries.put("seed", forged -> forged.setSeed(8));
        forgeries.put("settings", forged -> forged.setConfigHash("f"));
        forgeries.put("code", forged -> forged.setCodeVersion("2"));
        assertThat(forgeries)
                .as("one forgery a field")
                .hasSameSizeAs(ModelVersion.getClassSchema().getFields());
        forgeries.forEach((field, forgery) -> {
            open(a.trusted(), "");
            byte[] honest = topics.encoded(version("v"));
            List<Header> signature = RecordSignature.headers(a.key(), topics.versions(), honest);
            ModelVersion.Builder draft = draft("v");
            forgery.accept(draft);
            ModelVersion forged = draft.build();
            // When
            topics.publish(forged.getVersion(), topics.encoded(forged), signature);
            // Then
            assertRefused(forged.getVersion(), Reason.WRONG_SIGNATURE);
        });
    }

    @Test
    void shouldRefuseWhenItWasSignedForAnotherPipeline() {
        open(a.trusted(), "");
        byte[] value = topics.encoded(version("v"));
        topics.publish("v", value, RecordSignature.headers(a.key(), "staging.model-versions", value));
        assertRefused("v", Reason.WRONG_SIGNATURE);
    }

    @Test
    void shouldRefuseWhenArtifactIsAnotherOrCutOrGone() throws IOException {
        open(a.trusted(), "");
        ModelVersion version = version("v");
        topics.publish(version, a.key());
        blobs.blobs.put(version.getSha256(), OTHER);
        assertRefused("v", Reason.CORRUPT);
        for (int length = 0; length < ARTIFACT.length; length++) {
            blobs.blobs.put(version.getSha256(), Arrays.copyOf(ARTIFACT, length));
            assertRefused("v", Reason.CORRUPT);
        }
        blobs.blobs.clear();
        assertRefused("v", Reason.MISSING);
        blobs.put(ARTIFACT);
        assertLoads("v");
    }

    @Test
    void shouldRefuseWhenWhatWasSignedIsNoModel() throws IOException {
        open(a.trusted(), "");
        topics.publish(draft("size").setSizeBytes(ARTIFACT.length + 1).build(), a.key());
        assertRefused("size", Reason.CORRUPT);
        String junk = blobs.put(new byte[] {1, 2, 3});
        topics.publish(draft("junk").setSha256(junk).setSizeBytes(3).build(), a.key());
        assertRefused("junk", Reason.UNREADABLE);
    }

    @Test
    void shouldKeepTheSignedOneWhenAnotherTakesItsName() throws IOException {
        open(a.trusted(), "");
        ModelVersion forged = draft("v").setTemperature(9).build();
        topics.publish(forged, null);
        topics.publish(version("v"), a.key());
        topics.publish(forged, null);
        assertLoads("v");
        assertThat(catalog.version("v"))
                .hasValueSatisfying(kept -> assertThat(kept.getTemperature()).isEqualTo(1));
    }

    @Test
    void shouldLoadAnythingWhenNobodyIsTrusted() throws IOException {
        open("", "");
        topics.publish(version("unsigned"), null);
        topics.publish(version("signed"), a.key());
        assertLoads("unsigned");
        assertLoads("signed");
    }

    @Test
    void shouldTakeItForUnsignedWhenAHeaderHasNoValue() throws IOException {
        byte[] value = encoded("v");
        List<Header> signature = RecordSignature.headers(a.key(), "millrace.model-versions", value);
        Header noSigner = new RecordHeader(RecordSignature.SIGNER, null);
        Header noSignature = new RecordHeader(RecordSignature.SIGNATURE, null);
        for (List<Header> headers :
                List.of(List.of(noSigner, signature.get(1)), List.of(signature.get(0), noSignature))) {
            open(a.trusted(), "");
            topics.publish("v", value, headers);
            assertRefused("v", Reason.UNSIGNED);
        }
        open(a.trusted(), "");
        topics.publish("v", value, signature);
        assertLoads("v");
    }

    @Test
    void shouldGoOnAfterRecordsThatNobodyCanRead() throws IOException {
        for (byte[] junk : List.of(new byte[0], new byte[] {1, 2, 3}, new byte[] {0, 0, 1, 0, 0, 7})) {
            for (String trusted : List.of("", a.trusted())) {
                // Given
                open(trusted, "");
                topics.publish("junk", junk, List.of());
                topics.publish("signed-junk", junk, RecordSignature.headers(a.key(), topics.versions(), junk));
                topics.publish(null, junk, List.of());
                topics.publish("v", null, List.of());
                topics.point(junk);
                topics.point(null);
                topics.publish(version("v"), a.key());
                topics.promote(version("v"));
                topics.point(junk);
                // When
                assertLoads("v");
                // Then
                assertThat(catalog.champion()).isPresent();
                assertThat(catalog.versions()).hasSize(1);
                assertRefused("junk", trusted.isEmpty() ? Reason.UNREADABLE : Reason.UNSIGNED);
                assertRefused("signed-junk", Reason.UNREADABLE);
            }
        }
    }

    @Test
    void shouldAskTheRegistryForNothingThatIsNotSigned() throws IOException {
        PipelineSettings pipeline = PipelineSettings.from(ModelTopics.settings(
                Map.of("pipeline.trusted.signers", a.trusted(), "pipeline.schema.registry.url", "http://127.0.0.1:9")));
        byte[] value = encoded("v");
        topics = new ModelTopics(pipeline);
        catalog = new ModelCatalog(pipeline, blobs, InstantSource.system(), topics.consumer);

        topics.publish("v", value, List.of());
        assertRefused("v", Reason.UNSIGNED);

        topics.publish("v", value, RecordSignature.headers(a.key(), topics.versions(), value));
        assertThatThrownBy(catalog::readToEnd)
                .as("a registry that is away is not the record's fault")
                .isInstanceOf(RetriableException.class);
    }

    @Test
    void shouldCloseItsConsumerWhenItCannotBeOpened() {
        PipelineSettings pipeline = PipelineSettings.from(ModelTopics.settings(Map.of()));
        MockConsumer<byte[], byte[]> broken = new MockConsumer<>("earliest") {
            @Override
            public synchronized List<PartitionInfo> partitionsFor(String topic) {
                throw new TimeoutException("no broker");
            }
        };

        assertThatThrownBy(() -> new ModelCatalog(pipeline, blobs, InstantSource.system(), broken))
                .isInstanceOf(TimeoutException.class);

        assertThat(broken.closed()).isTrue();
    }

    @Test
    void shouldRollBackWhenTheAliasPointsToAnOlderSignedVersion() throws IOException {
        open(a.trusted(), "");
        topics.publish(version("old"), a.key());
        topics.publish(version("new"), a.key());
        topics.promote(version("new"));
        topics.promote(version("old"));
        catalog.readToEnd();
        assertThat(catalog.champion())
                .hasValueSatisfying(
                        champion -> assertThat(champion.getVersion()).isEqualTo("old"));
        assertLoads("old");
    }

    @Test
    void shouldNotBlameTheVersionWhenTheStoreCannotBeRead() {
        open(a.trusted(), "");
        topics.publish(version("v"), a.key());
        catalog.readToEnd();
        blobs.broken.add("get");
        assertThatThrownBy(() -> catalog.weights(catalog.version("v").orElseThrow()))
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(UnusableVersionException.class);
    }

    /** A version as it lies in the topic, whatever the settings. */
    private byte[] encoded(String name) {
        return new ModelTopics(PipelineSettings.from(ModelTopics.settings(Map.of()))).encoded(version(name));
    }

    private void open(String trusted, String revoked) {
        PipelineSettings pipeline = PipelineSettings.from(
                ModelTopics.settings(Map.of("pipeline.trusted.signers", trusted, "pipeline.revoked.signers", revoked)));
        topics = new ModelTopics(pipeline);
        catalog = new ModelCatalog(pipeline, blobs, InstantSource.system(), topics.consumer);
    }

    private void assertLoads(String name) throws IOException {
        catalog.readToEnd();
        assertThat(catalog.weights(catalog.version(name).orElseThrow()).get(0).values())
                .containsExactly(1, 2, 3);
    }

    private void assertRefused(String name, Reason reason) {
        catalog.readToEnd();
        assertThatThrownBy(() -> catalog.weights(catalog.verified(name).orElseThrow()))
                .isInstanceOfSatisfying(
                        UnusableVersionException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(reason));
    }

    /** A version of the artifact, which lies in the store. */
    private ModelVersion version(String name) {
        return draft(name).build();
    }

    private ModelVersion.Builder draft(String name) {
        blobs.blobs.put(Sha256.of(ARTIFACT), ARTIFACT);
        return ModelVersion.newBuilder()
                .setVersion(name)
                .setParent(null)
                .setSha256(Sha256.of(ARTIFACT))
                .setSizeBytes(ARTIFACT.length)
                .setCreatedAt(Instant.ofEpochMilli(1))
                .setStep(7)
                .setMethod("adamatch")
                .setNetwork(Map.of("width", "8"))
                .setInputShape(List.of(1, 8, 8))
                .setClasses(List.of("dark", "bright"))
                .setTemperature(1)
                .setConfidenceThreshold(0.9)
                .setMetrics(Map.of())
                .setLearnedFrom(List.of())
                .setSeed(7)
                .setConfigHash("c")
                .setCodeVersion("1");
    }
}
