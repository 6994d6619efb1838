package io.millrace.runtime;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigException;

/**
 * Bytes under their own SHA-256. What comes out was verified against its address, so a record carries a hash and never
 * a path. Implementations are thread-safe.
 */
public interface BlobStore {
    /** The hash of nothing readable is this long. */
    int HASH_LENGTH = 64;

    /**
     * Stores bytes durably; storing them twice is the same as once.
     *
     * @return the SHA-256 of the bytes, 64 lower-case hex digits
     * @throws IOException when the store cannot take them; nothing is visible under the hash then
     */
    String put(byte[] bytes) throws IOException;

    /**
     * Reads and verifies bytes.
     *
     * @param sha256 64 lower-case hex digits; anything else is refused
     * @return the bytes, or empty when the store has none under that hash
     * @throws CorruptBlobException when the store holds other bytes than the hash says
     * @throws IOException when the store cannot be read
     */
    Optional<byte[]> get(String sha256) throws IOException;

    /** Forgets bytes; nothing happens when there are none. */
    void delete(String sha256) throws IOException;

    /** Opens the store at an address that {@link #checkAddress} accepts. */
    static BlobStore at(String address) throws IOException {
        return new FileBlobStore(Path.of(address.substring("file:".length())));
    }

    /** Accepts {@code file:<path>}. */
    static void checkAddress(String name, String address) {
        if (!address.startsWith("file:") || address.length() == "file:".length() || address.indexOf('\0') >= 0) {
            throw new ConfigException(name, address, "expected file:<path>");
        }
    }
}
