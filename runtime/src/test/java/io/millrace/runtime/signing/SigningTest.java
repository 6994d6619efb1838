package io.millrace.runtime.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.runtime.BadSettingsException;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.Settings;
import io.millrace.runtime.signing.TrustedSigners.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SigningTest {
    private static final byte[] MESSAGE = "a model".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path directory;

    private String publicA;
    private String publicB;
    private SigningKey a;

    @BeforeEach
    void makeKeys() throws IOException {
        publicA = SigningKey.make(directory.resolve("a.pem"));
        publicB = SigningKey.make(directory.resolve("b.pem"));
        a = SigningKey.read("a", directory.resolve("a.pem"));
    }

    @Test
    void shouldTrustWhenTrustedSignerSignedTheseBytes() {
        assertThat(signers("a:" + publicA, "").verdict("a", a.sign(MESSAGE), MESSAGE))
                .isEqualTo(Verdict.TRUSTED);
    }

    @Test
    void shouldTrustBothWhileKeysAreRotated() throws IOException {
        // Given
        TrustedSigners both = signers("a:" + publicA + ",b:" + publicB, "");
        SigningKey b = SigningKey.read("b", directory.resolve("b.pem"));
        // Then
        assertThat(both.verdict("a", a.sign(MESSAGE), MESSAGE)).isEqualTo(Verdict.TRUSTED);
        assertThat(both.verdict("b", b.sign(MESSAGE), MESSAGE)).isEqualTo(Verdict.TRUSTED);
        assertThat(both.verdict("b", a.sign(MESSAGE), MESSAGE))
                .as("in the name of another")
                .isEqualTo(Verdict.WRONG_SIGNATURE);
    }

    @Test
    void shouldRefuseWhenSignerIsUnknownOrRevokedOrNone() {
        byte[] signature = a.sign(MESSAGE);
        assertThat(signers("b:" + publicB, "").verdict("a", signature, MESSAGE)).isEqualTo(Verdict.UNKNOWN_SIGNER);
        assertThat(signers("a:" + publicA, "a").verdict("a", signature, MESSAGE))
                .isEqualTo(Verdict.REVOKED_SIGNER);
        assertThat(signers("a:" + publicA, "").verdict(null, signature, MESSAGE))
                .isEqualTo(Verdict.UNSIGNED);
        assertThat(signers("a:" + publicA, "").verdict("a", null, MESSAGE)).isEqualTo(Verdict.UNSIGNED);
    }

    @Test
    void shouldRefuseWhenAnyBitOfMessageOrSignatureIsOther() {
        // Given
        TrustedSigners trusted = signers("a:" + publicA, "");
        byte[] signature = a.sign(MESSAGE);
        // Then
        for (int bit = 0; bit < MESSAGE.length * 8; bit++) {
            assertThat(trusted.verdict("a", signature, flipped(MESSAGE, bit))).isEqualTo(Verdict.WRONG_SIGNATURE);
        }
        for (int bit = 0; bit < signature.length * 8; bit++) {
            assertThat(trusted.verdict("a", flipped(signature, bit), MESSAGE)).isEqualTo(Verdict.WRONG_SIGNATURE);
        }
        assertThat(trusted.verdict("a", new byte[0], MESSAGE)).isEqualTo(Verdict.WRONG_SIGNATURE);
        assertThat(trusted.verdict("a", new byte[65], MESSAGE)).isEqualTo(Verdict.WRONG_SIGNATURE);
    }

    @Test
    void shouldKeepThePrivateKeyFromOthers() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("a.pem"))))
                .isEqualTo("rw-------");
        assertThatThrownBy(() -> SigningKey.make(directory.resolve("a.pem")))
                .isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    void shouldRefuseWhatIsNoPrivateKeyWithoutShowingIt() throws IOException {
        // Given
        Path file = directory.resolve("bad.pem");
        String good = Files.readString(directory.resolve("a.pem"));
        for (String bad : List.of("", "topsecret", good.replace("MC4", "MC5"), good.replace("PRIVATE", "PUBLIC"))) {
            Files.writeString(file, bad);
            // When
            assertThatThrownBy(() -> SigningKey.read("a", file))
                    // Then
                    .isInstanceOf(IOException.class)
                    .message()
                    .doesNotContain("topsecret")
                    .contains("private key");
        }
        assertThatThrownBy(() -> SigningKey.read("no name", directory.resolve("a.pem")))
                .isInstanceOf(IOException.class);
    }

    @Test
    void shouldRefuseSettingsThatNameNoKeys() {
        for (String bad :
                List.of("a", "a:", ":" + publicA, "a:" + publicA + ",a:" + publicB, "a:!", "a b:" + publicA)) {
            assertThatThrownBy(() -> signers(bad, "")).isInstanceOf(BadSettingsException.class);
        }
        assertThatThrownBy(() -> signers("a:" + publicA, "no name")).isInstanceOf(BadSettingsException.class);
        assertThatThrownBy(() -> signers("", "a"))
                .as("revoking must not switch verification off")
                .isInstanceOf(BadSettingsException.class);
        assertThat(signers("", "").areRequired()).isFalse();
    }

    private static byte[] flipped(byte[] bytes, int bit) {
        byte[] flipped = bytes.clone();
        flipped[bit / 8] ^= (byte) (1 << bit % 8);
        return flipped;
    }

    private static TrustedSigners signers(String trusted, String revoked) {
        Map<String, String> given = new HashMap<>();
        given.put("pipeline.trusted.signers", trusted);
        given.put("pipeline.revoked.signers", revoked);
        return PipelineSettings.from(Settings.of(PipelineSettings.declareIn(new ConfigDef()), Set.of(), List.of(given)))
                .signers();
    }
}
