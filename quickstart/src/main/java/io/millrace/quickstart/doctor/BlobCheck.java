package io.millrace.quickstart.doctor;

import io.millrace.quickstart.doctor.Finding.Fail;
import io.millrace.quickstart.doctor.Finding.Ok;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.blob.BlobStore;
import io.millrace.runtime.blob.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/**
 * The blob store takes a small blob, gives it back as it was, and forgets it; for those who only read, it answers.
 *
 * @param writes whether what shall run here writes blobs, as the trainer does
 */
record BlobCheck(PipelineSettings pipeline, boolean writes) implements Check {
    private static final String FILE = "file:";

    @Override
    public String name() {
        return "blob.store";
    }

    @Override
    public List<Finding> examine() {
        String address = pipeline.blobStore().address();
        List<Finding> findings = new ArrayList<>();
        try {
            BlobStore store = BlobStore.at(pipeline.blobStore());
            findings.add(writes ? probe(store) : read(store));
        } catch (IOException e) {
            findings.add(new Fail(
                    name(),
                    address + " cannot be used: " + Disk.reason(e),
                    Remedies.set("pipeline.blob.store", address.startsWith(FILE) ? "file:DIR" : "s3://BUCKET/PREFIX")
                            + (address.startsWith(FILE)
                                    ? " with a directory that this user may " + (writes ? "write" : "read")
                                            + ", the same for every process"
                                    : " with a bucket that these credentials may list"
                                            + (writes ? ", read, write and delete in" : " and read"))));
        }
        if (writes && address.startsWith(FILE) && findings.get(0) instanceof Ok) {
            Path root = Path.of(address.substring(FILE.length())).toAbsolutePath();
            findings.add(Disk.space(name() + ".space", root));
        }
        return findings;
    }

    /** Nothing lies under this hash: that it says so is enough. */
    private Finding read(BlobStore store) throws IOException {
        store.get(Sha256.of(bytes()));
        return new Ok(name(), pipeline.blobStore().address() + " can be read");
    }

    private static byte[] bytes() {
        return ("probe " + UUID.randomUUID()).getBytes(StandardCharsets.UTF_8);
    }

    private Finding probe(BlobStore store) throws IOException {
        byte[] bytes = bytes();
        String sha256 = store.put(bytes);
        try {
            byte[] back = store.get(sha256).orElse(new byte[0]);
            if (!Arrays.equals(back, bytes)) {
                return new Fail(
                        name(),
                        pipeline.blobStore().address() + " took a blob and did not give it back",
                        Remedies.set("pipeline.blob.store", "ADDRESS") + " of a store that reads what it has written");
            }
        } finally {
            store.delete(sha256);
        }
        return new Ok(name(), pipeline.blobStore().address() + " writes, reads and deletes");
    }
}
