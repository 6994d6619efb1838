package io.millrace.runtime.blob;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Bytes under their own SHA-256. What comes out was verified against its address, so a record carries a hash and never
 * a path. Implementations are thread-safe.
 */
public interface BlobStore {
    /**
     * Stores bytes durably; storing them twice is the same as once. What already lies under their hash is read and
     * verified, and replaced when it is damaged: after this call the store holds these bytes.
     *
     * @return the SHA-256 of the bytes, 64 lower-case hex digits
     * @throws IOException when the store cannot take them now, or they are more than it may hold
     */
    String put(byte[] bytes) throws IOException;

    /**
     * Reads and verifies bytes.
     *
     * @param sha256 64 lower-case hex digits; anything else is refused with an {@link IllegalArgumentException}
     * @return the bytes, or empty when the store has none under that hash
     * @throws CorruptBlobException when the store holds other bytes than the hash says
     * @throws IOException when the store cannot be read now, or holds more than a blob may have
     */
    Optional<byte[]> get(String sha256) throws IOException;

    /** Forgets bytes; nothing happens when there are none. */
    void delete(String sha256) throws IOException;

    /** Opens the store that the settings name. It holds nothing that must be closed. */
    static BlobStore at(BlobSettings settings) throws IOException {
        return settings.isS3()
                ? new S3BlobStore(settings)
                : new FileBlobStore(
                        Path.of(settings.address().substring(BlobSettings.FILE.length())), settings.maxBytes());
    }
}
