package io.millrace.runtime.signing;

import io.millrace.runtime.BadSettingsException;
import io.millrace.runtime.Settings;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * Whose Ed25519 signatures count. Several may be trusted at once, so that keys can be rotated; a revoked signer is refused
 * even while it is still listed as trusted.
 *
 * @param keys public keys by signer; when there are none, signatures are not looked at
 * @param revoked signers whose key got lost
 */
public record TrustedSigners(Map<String, PublicKey> keys, Set<String> revoked) {
    private static final String TRUSTED = "pipeline.trusted.signers";
    private static final String REVOKED = "pipeline.revoked.signers";

    /** What is to be thought of a signature. */
    public enum Verdict {
        /** Made by a trusted signer over these very bytes. */
        TRUSTED,
        /** There is none. */
        UNSIGNED,
        /** By someone who is not trusted. */
        UNKNOWN_SIGNER,
        /** By someone who is not trusted any more. */
        REVOKED_SIGNER,
        /** Not made over these bytes with the signer's key. */
        WRONG_SIGNATURE
    }

    public TrustedSigners {
        keys = Map.copyOf(keys);
        revoked = Set.copyOf(revoked);
    }

    /** Declares the keys in the definition of a process. */
    public static ConfigDef declareIn(ConfigDef declared) {
        String trusted = "Whose models and checkpoints are loaded: SIGNER:PUBLIC-KEY, as `millrace keys` prints it;"
                + " empty: anyone's, unverified.";
        declared.define(TRUSTED, Type.LIST, "", TrustedSigners::checkTrusted, Importance.HIGH, trusted);
        String revoked = "Signers that are refused although they are trusted, because their key got lost.";
        return declared.define(REVOKED, Type.LIST, "", TrustedSigners::checkRevoked, Importance.HIGH, revoked);
    }

    /**
     * Reads the keys.
     *
     * @throws BadSettingsException when signers are revoked and none is trusted, which would switch verification off
     */
    public static TrustedSigners from(Settings settings) {
        Map<String, PublicKey> keys = parse(TRUSTED, settings.get(TRUSTED));
        List<String> revoked = settings.get(REVOKED);
        if (keys.isEmpty() && !revoked.isEmpty()) {
            throw new BadSettingsException(List.of(REVOKED + ": expected " + TRUSTED
                    + " to name at least one signer, since without any nothing is verified"));
        }
        return new TrustedSigners(keys, Set.copyOf(revoked));
    }

    /** True when what is not signed by a trusted signer must not be loaded. */
    public boolean areRequired() {
        return !keys.isEmpty();
    }

    /**
     * Verifies a signature.
     *
     * @param signer who claims to have made it, if anyone does
     * @param signature 64 bytes, if there are any
     * @param message what was signed
     */
    public Verdict verdict(@Nullable String signer, byte @Nullable [] signature, byte[] message) {
        if (signer == null || signature == null) {
            return Verdict.UNSIGNED;
        }
        if (revoked.contains(signer)) {
            return Verdict.REVOKED_SIGNER;
        }
        PublicKey key = keys.get(signer);
        if (key == null) {
            return Verdict.UNKNOWN_SIGNER;
        }
        return verifies(key, signature, message) ? Verdict.TRUSTED : Verdict.WRONG_SIGNATURE;
    }

    private static boolean verifies(PublicKey key, byte[] signature, byte[] message) {
        try {
            Signature verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(key);
            verifier.update(message);
            return verifier.verify(signature);
        } catch (SignatureException e) {
            return false; // bytes that are no signature at all
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("expected Ed25519 in this Java platform", e);
        }
    }

    private static Map<String, PublicKey> parse(String name, List<String> entries) {
        Map<String, PublicKey> keys = new HashMap<>();
        for (String entry : entries) {
            String[] parts = entry.trim().split(":", 2);
            if (parts.length != 2 || !parts[0].matches(SigningKey.SIGNER)) {
                throw refused(name, "expected <signer>:<public key>");
            }
            if (keys.put(parts[0], publicKey(name, parts[1])) != null) {
                throw refused(name, "expected every signer once");
            }
        }
        return keys;
    }

    private static PublicKey publicKey(String name, String base64) {
        try {
            byte[] encoded = Base64.getDecoder().decode(base64);
            return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw refused(name, "expected an Ed25519 public key, X.509 in base 64");
        }
    }

    /** Without the value: someone may have put a private key there. */
    private static ConfigException refused(String name, String expected) {
        return new ConfigException(name + ": " + expected);
    }

    @SuppressWarnings("unchecked") // Type.LIST gives strings
    private static void checkTrusted(String name, Object value) {
        parse(name, (List<String>) value);
    }

    private static void checkRevoked(String name, Object value) {
        for (Object signer : (List<?>) value) {
            if (!String.valueOf(signer).matches(SigningKey.SIGNER)) {
                throw refused(name, "expected the names of signers");
            }
        }
    }
}
