package io.millrace.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.runtime.BadSettingsException;
import io.millrace.trainer.publish.ModelTopics;
import io.millrace.trainer.publish.ModelTopics.Signer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SigningSettingsTest {
    @TempDir
    private static Path directory;

    private static Signer a;
    private static Signer b;

    @BeforeAll
    static void makeKeys() {
        a = Signer.in(directory, "a");
        b = Signer.in(directory, "b");
    }

    @Test
    void shouldLearnTheSameUnderAnyKeyOrNone() {
        TrainerSettings unsigned = trainer(Map.of());
        TrainerSettings signed = trainer(signedBy("a"));

        assertThat(signed.hash())
                .isEqualTo(unsigned.hash())
                .isEqualTo(trainer(signedBy("b")).hash());
        assertThat(signed.inUse()).isEqualTo(unsigned.inUse());
        assertThat(trainer(Map.of("trainer.seed", "8")).hash())
                .as("so that equality means something")
                .isNotEqualTo(unsigned.hash());
    }

    @Test
    void shouldSignWithTheKeyThatIsNamed() {
        assertThat(trainer(signedBy("a")).signingKey()).isNotNull();
        assertThat(trainer(signedBy("a")).signingKey().signer()).isEqualTo("a");
        assertThat(trainer(Map.of()).signingKey()).isNull();
    }

    @Test
    void shouldLeaveTheKeyAloneWhenItDoesNotTrain() {
        Map<String, String> given = new HashMap<>(signedBy("none"));
        given.put("trainer.roles", "predict");
        given.put("pipeline.trusted.signers", a.trusted());

        assertThat(trainer(given).signingKey()).isNull();
    }

    @Test
    void shouldRefuseAKeyWhoseSignaturesItsOwnPipelineRefuses() {
        Map<String, String> given = new HashMap<>(signedBy("a"));
        given.put("pipeline.trusted.signers", a.trusted() + "," + b.trusted());
        assertThat(trainer(given).signingKey()).isNotNull();

        given.put("pipeline.trusted.signers", b.trusted());
        assertRefused(given, "UNKNOWN_SIGNER");
        given.put("pipeline.trusted.signers", b.trusted().replaceFirst("b:", "a:"));
        assertRefused(given, "WRONG_SIGNATURE");
        given.put("pipeline.trusted.signers", a.trusted());
        given.put("pipeline.revoked.signers", "a");
        assertRefused(given, "REVOKED_SIGNER");
        assertRefused(Map.of("pipeline.trusted.signers", a.trusted()), "got none");
        assertRefused(signedBy("none"), "none.pem");
    }

    private static void assertRefused(Map<String, String> given, String why) {
        assertThatThrownBy(() -> trainer(given))
                .isInstanceOf(BadSettingsException.class)
                .hasMessageContaining("trainer.signing.key.file")
                .hasMessageContaining(why);
    }

    private static Map<String, String> signedBy(String signer) {
        return Map.of(
                "trainer.signing.key.file",
                directory.resolve(signer + ".pem").toString(),
                "trainer.signing.signer",
                signer);
    }

    private static TrainerSettings trainer(Map<String, String> own) {
        Map<String, String> given = new HashMap<>(Map.of("trainer.roles", "train"));
        given.putAll(own);
        return TrainerSettings.from(ModelTopics.settings(given));
    }
}
