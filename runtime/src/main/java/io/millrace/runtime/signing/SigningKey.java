package io.millrace.runtime.signing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

/** An Ed25519 private key and the name it signs under. Never printed, never logged. */
public final class SigningKey {
    /** What a signer may be called, as a regular expression. */
    public static final String SIGNER = "[A-Za-z0-9._-]{1,64}";

    private static final String ALGORITHM = "Ed25519";
    private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
    private static final String END = "-----END PRIVATE KEY-----";

    private final String signer;
    private final PrivateKey key;

    private SigningKey(String signer, PrivateKey key) {
        this.signer = signer;
        this.key = key;
    }

    /**
     * Reads a private key.
     *
     * @param signer name that those who trust it know it by: 1 to 64 letters, digits, dots, underscores or dashes
     * @param pem PKCS#8 in PEM, as {@link #make} and {@code openssl genpkey -algorithm ed25519} write it
     * @throws IOException when the file cannot be read or is no such key; the message holds nothing of its content
     */
    public static SigningKey read(String signer, Path pem) throws IOException {
        if (!signer.matches(SIGNER)) {
            throw new IOException("expected a signer of 1 to 64 letters, digits, dots, underscores or dashes, got "
                    + (signer.isEmpty() ? "none" : signer));
        }
        String text = Files.readString(pem, StandardCharsets.US_ASCII).strip();
        if (!text.startsWith(BEGIN) || !text.endsWith(END)) {
            throw new IOException("expected a private key in PEM, PKCS#8, in " + pem);
        }
        String body = text.substring(BEGIN.length(), text.length() - END.length());
        try {
            byte[] encoded = Base64.getMimeDecoder().decode(body);
            return new SigningKey(
                    signer, KeyFactory.getInstance(ALGORITHM).generatePrivate(new PKCS8EncodedKeySpec(encoded)));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException("expected an Ed25519 private key in " + pem);
        }
    }

    /**
     * Makes a key pair and writes the private key where only its owner can read it.
     *
     * @param pem file for the private key; one that is there is not overwritten
     * @return the public key, X.509 in base 64, as the settings take it
     */
    public static String make(Path pem) throws IOException {
        try {
            KeyPair pair = KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
            Files.createFile(pem, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            String body = Base64.getEncoder().encodeToString(pair.getPrivate().getEncoded());
            Files.writeString(pem, BEGIN + "\n" + body + "\n" + END + "\n");
            return Base64.getEncoder().encodeToString(pair.getPublic().getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("expected Ed25519 in this Java platform", e);
        }
    }

    /** Name it signs under. */
    public String signer() {
        return signer;
    }

    /** Signature over a message, 64 bytes. The same message gives the same signature. */
    public byte[] sign(byte[] message) {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initSign(key);
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("expected Ed25519 in this Java platform", e);
        }
    }
}
