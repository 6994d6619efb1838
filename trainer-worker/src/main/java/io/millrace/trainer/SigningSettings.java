package io.millrace.trainer;

import io.millrace.runtime.BadSettingsException;
import io.millrace.runtime.Settings;
import io.millrace.runtime.signing.SigningKey;
import io.millrace.runtime.signing.TrustedSigners;
import io.millrace.runtime.signing.TrustedSigners.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.jspecify.annotations.Nullable;

/**
 * The key a trainer signs with. It shapes nothing that is learned, and is no part of the provenance: the same frames give
 * the same weights and versions under any key.
 */
final class SigningSettings {
    /** What the keys start with. */
    static final String PREFIX = "trainer.signing.";

    private static final String FILE = PREFIX + "key.file";
    private static final String SIGNER = PREFIX + "signer";
    private static final byte[] PROBE = "probe".getBytes(StandardCharsets.US_ASCII);

    private SigningSettings() {}

    static void declareIn(ConfigDef declared) {
        String file = "File with the Ed25519 private key (PKCS#8, PEM) that signs versions and checkpoints, as"
                + " `millrace keys` makes it; empty: unsigned.";
        declared.define(FILE, Type.STRING, "", Importance.HIGH, file);
        String signer = "Name that the key is known by in pipeline.trusted.signers.";
        declared.define(SIGNER, Type.STRING, "", Importance.HIGH, signer);
    }

    /**
     * Reads the key.
     *
     * @throws BadSettingsException when it cannot be read, or what it signs would be refused by this very pipeline
     */
    static @Nullable SigningKey key(Settings settings) {
        TrustedSigners trusted = TrustedSigners.from(settings);
        String file = settings.get(FILE);
        if (file.isEmpty()) {
            if (trusted.areRequired()) {
                throw new BadSettingsException(List.of(
                        FILE + ": expected a key, since pipeline.trusted.signers demands signed versions, got none"));
            }
            return null;
        }
        try {
            SigningKey key = SigningKey.read(settings.get(SIGNER), Path.of(file));
            Verdict verdict = trusted.verdict(key.signer(), key.sign(PROBE), PROBE);
            if (trusted.areRequired() && verdict != Verdict.TRUSTED) {
                throw new BadSettingsException(List.of(FILE + ": expected the key of one of the signers that"
                        + " pipeline.trusted.signers names, got " + key.signer() + ": " + verdict));
            }
            return key;
        } catch (IOException e) {
            throw new BadSettingsException(List.of(FILE + " or " + SIGNER + ": " + e.getMessage() + " (" + file + ")"));
        }
    }
}
