package io.millrace.runtime.blob;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.util.Optional;

/** A blob store whose operations are timed and counted by their result. Thread-safe, as the store behind it is. */
public final class MeteredBlobStore implements BlobStore {
    private final BlobStore store;
    private final MeterRegistry meters;
    private final Counter read;
    private final Counter written;

    /** @param store does the work */
    public MeteredBlobStore(BlobStore store, MeterRegistry meters) {
        this.store = store;
        this.meters = meters;
        this.read = bytes("get");
        this.written = bytes("put");
        for (String operation : new String[] {"put", "get", "delete"}) { // so that a first failure shows as a step
            timer(operation, "ok");
            timer(operation, "failed");
        }
        timer("get", "missing");
        timer("get", "corrupt");
    }

    @Override
    public String put(byte[] bytes) throws IOException {
        String sha256 = timed("put", () -> store.put(bytes));
        written.increment(bytes.length);
        return sha256;
    }

    @Override
    public Optional<byte[]> get(String sha256) throws IOException {
        Optional<byte[]> found = timed("get", () -> store.get(sha256));
        found.ifPresent(bytes -> read.increment(bytes.length));
        return found;
    }

    @Override
    public void delete(String sha256) throws IOException {
        boolean unused = timed("delete", () -> {
            store.delete(sha256);
            return true;
        });
    }

    private <T> T timed(String operation, Work<T> work) throws IOException {
        Timer.Sample started = Timer.start(meters);
        String result = "failed";
        try {
            T answer = work.run();
            result = answer instanceof Optional<?> found && found.isEmpty() ? "missing" : "ok";
            return answer;
        } catch (CorruptBlobException e) {
            result = "corrupt";
            throw e;
        } finally {
            started.stop(timer(operation, result));
        }
    }

    private Timer timer(String operation, String result) {
        return Timer.builder("blob.store.operation")
                .description("Operations of the blob store, by what came of them")
                .tags("operation", operation, "result", result)
                .register(meters);
    }

    private Counter bytes(String operation) {
        return Counter.builder("blob.store.bytes")
                .baseUnit("bytes")
                .description("Bytes written to the blob store or read from it")
                .tag("operation", operation)
                .register(meters);
    }

    /** Work of the store. */
    private interface Work<T> {
        T run() throws IOException;
    }
}
