package io.millrace.runtime.blob;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The address of bytes: their SHA-256 in 64 lower-case hex digits. */
public final class Sha256 {
    private static final int DIGITS = 64;
    private static final int FAN_OUT = 2;

    private Sha256() {}

    /** The address of some bytes. */
    public static String of(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /**
     * Where a store keeps them: {@code <first two hex digits>/<sha256>}.
     *
     * @throws IllegalArgumentException when it is no such address, so that nothing else ever becomes part of a path
     */
    static String place(String sha256) {
        if (!sha256.matches("[0-9a-f]{" + DIGITS + "}")) {
            throw new IllegalArgumentException("expected a SHA-256 in 64 lower-case hex digits, got " + sha256);
        }
        return sha256.substring(0, FAN_OUT) + "/" + sha256;
    }

    /**
     * Gives back the bytes when they are those of the address.
     *
     * @throws CorruptBlobException when they are others
     */
    static byte[] verified(String sha256, byte[] bytes) throws CorruptBlobException {
        String actual = of(bytes);
        if (!actual.equals(sha256)) {
            throw new CorruptBlobException("blob " + sha256 + " holds other bytes: their SHA-256 is " + actual);
        }
        return bytes;
    }
}
