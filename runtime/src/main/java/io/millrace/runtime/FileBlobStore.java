package io.millrace.runtime;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Blobs as files, {@code <root>/<first two hex digits>/<sha256>}. A blob appears whole or not at all: it is written
 * beside its place, synced, renamed into it, and the directory is synced.
 */
public final class FileBlobStore implements BlobStore {
    private final Path root;

    /** @param root directory; made when it is not there */
    public FileBlobStore(Path root) throws IOException {
        this.root = Files.createDirectories(root).toRealPath();
    }

    /** SHA-256 of bytes, 64 lower-case hex digits. */
    public static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public String put(byte[] bytes) throws IOException {
        String sha256 = sha256(bytes);
        Path place = place(sha256);
        if (Files.exists(place)) {
            return sha256;
        }
        Path directory = Files.createDirectories(root.resolve(sha256.substring(0, 2)));
        Path beside = Files.createTempFile(directory, "incoming-", ".part");
        try {
            write(beside, bytes);
            Files.move(beside, place, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(beside);
        }
        sync(directory);
        return sha256;
    }

    @Override
    public Optional<byte[]> get(String sha256) throws IOException {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(place(sha256));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        String actual = sha256(bytes);
        if (!actual.equals(sha256)) {
            throw new CorruptBlobException("blob " + sha256 + " holds other bytes: their SHA-256 is " + actual);
        }
        return Optional.of(bytes);
    }

    @Override
    public void delete(String sha256) throws IOException {
        Files.deleteIfExists(place(sha256));
    }

    private Path place(String sha256) {
        if (!sha256.matches("[0-9a-f]{" + HASH_LENGTH + "}")) {
            throw new IllegalArgumentException("expected a SHA-256 in 64 lower-case hex digits, got " + sha256);
        }
        return root.resolve(sha256.substring(0, 2)).resolve(sha256);
    }

    private static void write(Path file, byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer left = ByteBuffer.wrap(bytes);
            while (left.hasRemaining()) {
                channel.write(left);
            }
            channel.force(true);
        }
    }

    private static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
