package io.millrace.runtime.blob;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Blobs as files, {@code <root>/<first two hex digits>/<sha256>}. A blob appears whole or not at all: it is written
 * beside its place, synced, renamed into it, and the directory is synced.
 */
public final class FileBlobStore implements BlobStore {
    private static final Logger LOGGER = LoggerFactory.getLogger(FileBlobStore.class);

    private final Path root;
    private final int maxBytes;

    /** @param root directory; made when it is not there */
    public FileBlobStore(Path root) throws IOException {
        this(root, BlobSettings.MAX_BYTES);
    }

    /**
     * @param root directory; made when it is not there
     * @param maxBytes most bytes of one blob
     */
    public FileBlobStore(Path root, int maxBytes) throws IOException {
        this.root = Files.createDirectories(root).toRealPath();
        this.maxBytes = maxBytes;
    }

    @Override
    public String put(byte[] bytes) throws IOException {
        checkSize(bytes.length);
        String sha256 = Sha256.of(bytes);
        Path place = root.resolve(Sha256.place(sha256));
        if (Files.exists(place) && holds(sha256)) {
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
        Path place = root.resolve(Sha256.place(sha256));
        try {
            checkSize(Files.size(place));
            return Optional.of(Sha256.verified(sha256, Files.readAllBytes(place)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    @Override
    public void delete(String sha256) throws IOException {
        Files.deleteIfExists(root.resolve(Sha256.place(sha256)));
    }

    private boolean holds(String sha256) throws IOException {
        try {
            return get(sha256).isPresent();
        } catch (CorruptBlobException e) {
            LOGGER.atWarn().addKeyValue("sha256", sha256).log("A damaged blob is replaced by the right bytes");
            return false;
        }
    }

    private void checkSize(long bytes) throws IOException {
        if (bytes > maxBytes) {
            throw new IOException("expected a blob of at most " + maxBytes + " bytes, got " + bytes);
        }
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
