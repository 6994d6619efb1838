package io.millrace.trainer.publish;

import io.millrace.runtime.blob.BlobStore;
import io.millrace.runtime.blob.CorruptBlobException;
import io.millrace.runtime.blob.Sha256;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A store in memory; what is named in {@link #broken} fails. */
public final class FakeBlobs implements BlobStore {
    public final Map<String, byte[]> blobs = new ConcurrentHashMap<>();
    public final Set<String> broken = new HashSet<>();
    public final List<String> calls = new ArrayList<>();

    @Override
    public synchronized String put(byte[] bytes) throws IOException {
        call("put");
        blobs.put(Sha256.of(bytes), bytes);
        return Sha256.of(bytes);
    }

    @Override
    public synchronized Optional<byte[]> get(String sha256) throws IOException {
        call("get");
        byte[] bytes = blobs.get(sha256);
        if (bytes != null && !Sha256.of(bytes).equals(sha256)) {
            throw new CorruptBlobException("other bytes");
        }
        return Optional.ofNullable(bytes);
    }

    @Override
    public synchronized void delete(String sha256) throws IOException {
        call("delete");
        blobs.remove(sha256);
    }

    private void call(String name) throws IOException {
        calls.add(name);
        if (broken.contains(name)) {
            throw new IOException(name + " is broken");
        }
    }
}
