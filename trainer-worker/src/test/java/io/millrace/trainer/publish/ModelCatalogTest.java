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
import org.apache.kafka.common.header.Header;
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
            topics.publish(topics.encoded(forged), signature);
            // Then
            assertRefused(forged.getVersion(), Reason.WRONG_SIGNATURE);
        });
    }

    @Test
    void shouldRefuseWhenItWasSignedForAnotherPipeline() {
        open(a.trusted(), "");
        byte[] value = topics.encoded(version("v"));
        topics.publish(value, RecordSignature.headers(a.key(), "staging.model-versions", value));
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
        ModelVersion version = catalog.version(name).orElseThrow();
        assertThatThrownBy(() -> catalog.weights(version))
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
