package io.millrace.quickstart.doctor;

import io.millrace.quickstart.doctor.Finding.Fail;
import io.millrace.quickstart.doctor.Finding.Ok;
import io.millrace.record.LedgerRow;
import io.millrace.record.ModelVersion;
import io.millrace.runtime.blob.BlobStore;
import io.millrace.trainer.ModelLoader;
import io.millrace.trainer.publish.LedgerEnd;
import io.millrace.trainer.publish.ModelCatalog;
import io.millrace.trainer.publish.UnusableVersionException;
import io.millrace.trainer.publish.UnusableVersionException.Reason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** What the next start would find: a champion that answers here, and the trainer's checkpoint. */
record ModelsCheck(Site site) implements Check {
    /** So many versions, the newest, are tried for one that answers. */
    private static final int TRIED = 64;

    @Override
    public String name() {
        return "champion";
    }

    @Override
    public List<Finding> examine() throws IOException {
        List<Finding> findings = new ArrayList<>();
        BlobStore blobs = BlobStore.at(site.pipeline().blobStore());
        try (ModelCatalog catalog = new ModelCatalog(site.pipeline(), blobs, site.clock())) {
            catalog.readToEnd();
            findings.add(champion(catalog));
        }
        if (site.runs(Role.TRAINER)) {
            findings.add(checkpoint(blobs));
        }
        return findings;
    }

    private Finding champion(ModelCatalog catalog) {
        Optional<String> name = catalog.championName();
        if (name.isEmpty()) {
            return new Ok(name(), "none yet: the trainer makes one when it starts");
        }
        ModelVersion version;
        try {
            version = catalog.verified(name.get()).orElse(null);
        } catch (UnusableVersionException e) {
            return new Fail(name(), name.get() + " must not be loaded: " + e.getMessage(), remedy(e, catalog));
        }
        if (version == null) {
            return new Fail(name(), "the alias names " + name.get() + ", which is no version", promoteAnother(catalog));
        }
        try {
            ModelLoader.checkFit(site.pipeline(), version);
        } catch (IOException e) {
            return new Fail(name(), name.get() + " does not fit: " + e.getMessage(), settingsOf(version));
        }
        try {
            catalog.weights(version);
        } catch (IOException e) {
            return new Fail(name(), name.get() + " cannot be read: " + Failures.reason(e), remedy(e, version, catalog));
        }
        return new Ok(name(), name.get() + " fits and can be read");
    }

    /** Of a record that is refused: nobody can restore it, but its signer may be one to trust. */
    private String remedy(UnusableVersionException refused, ModelCatalog catalog) {
        String another = promoteAnother(catalog);
        return refused.reason() == Reason.UNKNOWN_SIGNER
                ? "add its signer to pipeline.trusted.signers if you trust it, else " + another
                : another;
    }

    /** Of an artifact; a store that only cannot be read now speaks for no other version. */
    private String remedy(IOException failure, ModelVersion version, ModelCatalog catalog) {
        if (!(failure instanceof UnusableVersionException unusable)) {
            return "let this process read pipeline.blob.store=" + address();
        }
        String mend = unusable.reason() == Reason.MISSING
                ? "set pipeline.blob.store to the store that the trainer writes; if it is that one, "
                : "restore blob " + version.getSha256() + " in " + address() + " from a backup, or ";
        return mend + promoteAnother(catalog);
    }

    private String address() {
        return site.pipeline().blobStore().address();
    }

    private static String settingsOf(ModelVersion version) {
        String shape = version.getInputShape().toString().replaceAll("[\\[\\] ]", "");
        return Remedies.set("pipeline.frame.shape", shape) + " "
                + Remedies.set("pipeline.classes", "'" + String.join(",", version.getClasses()) + "'")
                + ", or another pipeline.topic.prefix for another model";
    }

    private String promoteAnother(ModelCatalog catalog) {
        return newestThatAnswers(catalog)
                .map(version -> site.remedies().millrace("models promote " + version + " --reason 'champion unusable'"))
                .orElse("no other version can be read either: the trainer's next challenger will replace it");
    }

    private Optional<String> newestThatAnswers(ModelCatalog catalog) {
        List<ModelVersion> versions = catalog.versions();
        for (int i = versions.size() - 1; i >= Math.max(0, versions.size() - TRIED); i--) {
            try {
                ModelLoader.checkFit(site.pipeline(), versions.get(i));
                catalog.weights(versions.get(i));
                return Optional.of(versions.get(i).getVersion());
            } catch (IOException e) {
                continue; // the next older one, then
            }
        }
        return Optional.empty();
    }

    private Finding checkpoint(BlobStore blobs) {
        String check = "checkpoint";
        Optional<LedgerRow> last;
        try {
            last = lastRow().map(end -> end.row(site.pipeline().signers()));
        } catch (AuthorizationException e) {
            return Failures.unexpected(check, e);
        } catch (IllegalStateException e) {
            return new Fail(
                    check,
                    e.getMessage() + "; the trainer will refuse to start",
                    "set pipeline.trusted.signers to those who signed it, mend what `topics` names,"
                            + " or learn anew: docs/OPERATIONS.md, Disaster, ledger lost");
        }
        if (last.isEmpty()) {
            return new Ok(check, "none yet: the trainer begins with the first frame");
        }
        String sha256 = last.get().getCheckpointSha256();
        String found = "that of step " + last.get().getLastStep() + ", " + sha256.substring(0, 12);
        try {
            if (blobs.get(sha256).isPresent()) {
                return new Ok(check, found + ", is there: the trainer goes on from it");
            }
            found += ", is not in " + address();
        } catch (IOException e) {
            found += ": " + Failures.reason(e);
        }
        return new Fail(
                check,
                found + "; the trainer will refuse to start",
                "set pipeline.blob.store to the store that the trainer wrote, or restore blob " + sha256
                        + " there from a backup");
    }

    private Optional<LedgerEnd> lastRow() {
        Map<String, Object> own = Map.of("enable.auto.commit", false, "isolation.level", "read_committed");
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                site.pipeline().kafkaWith(own), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            return LedgerEnd.read(site.pipeline().topics().trainingLedger(), consumer, site.clock());
        }
    }
}
