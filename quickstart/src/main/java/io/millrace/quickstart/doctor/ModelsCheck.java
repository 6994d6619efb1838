package io.millrace.quickstart.doctor;

import io.millrace.quickstart.doctor.Finding.Fail;
import io.millrace.quickstart.doctor.Finding.Ok;
import io.millrace.quickstart.read.TopicReader;
import io.millrace.record.LedgerRow;
import io.millrace.record.ModelVersion;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.blob.BlobStore;
import io.millrace.schemas.Topic;
import io.millrace.trainer.ModelLoader;
import io.millrace.trainer.publish.ModelCatalog;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** What the next start would find: a champion that answers here, and the trainer's checkpoint. */
record ModelsCheck(Site site) implements Check {
    /** The last row lies among the last of these offsets; others are transaction markers. */
    private static final int LAST = 64;

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
        ModelVersion version = catalog.version(name.get()).orElse(null);
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
            return new Fail(
                    name(),
                    name.get() + " cannot be read: " + Failures.reason(e),
                    "set pipeline.blob.store to the store that the trainer writes; if it is that one, "
                            + promoteAnother(catalog));
        }
        return new Ok(name(), name.get() + " fits and can be read");
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
        for (int i = versions.size() - 1; i >= Math.max(0, versions.size() - LAST); i--) {
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
            last = lastRow(site.pipeline());
        } catch (AuthorizationException | UnknownTopicOrPartitionException e) {
            return Failures.unexpected(check, e);
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
            found += ", is not in " + site.pipeline().blobStore();
        } catch (IOException e) {
            found += ": " + Failures.reason(e);
        }
        return new Fail(
                check,
                found + "; the trainer will refuse to start",
                "set pipeline.blob.store to the store that the trainer wrote, or restore blob " + sha256
                        + " there from a backup");
    }

    private static Optional<LedgerRow> lastRow(PipelineSettings pipeline) {
        Topic<LedgerRow> topic = pipeline.topics().trainingLedger();
        LedgerRow last = null;
        try (TopicReader reader = new TopicReader(pipeline, List.of(topic.name()))) {
            reader.seekToLast(LAST);
            do {
                for (ConsumerRecord<byte[], byte[]> record : reader.poll(Duration.ofMillis(100))) {
                    last = TopicReader.decode(topic, record).orElse(last);
                }
            } while (!reader.isAtEnd() && !Thread.currentThread().isInterrupted());
        }
        return Optional.ofNullable(last);
    }
}
