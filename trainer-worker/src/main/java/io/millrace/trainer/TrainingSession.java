package io.millrace.trainer;

import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.blob.BlobStore;
import io.millrace.runtime.blob.MeteredBlobStore;
import io.millrace.runtime.meters.KafkaMeters;
import io.millrace.trainer.batch.HoldoutRule;
import io.millrace.trainer.ingest.FrameReader;
import io.millrace.trainer.ingest.SampleDecoder;
import io.millrace.trainer.ingest.SampleSource;
import io.millrace.trainer.learn.Learner;
import io.millrace.trainer.model.Compute;
import io.millrace.trainer.model.NetworkConfig;
import io.millrace.trainer.publish.Checkpoint;
import io.millrace.trainer.publish.ModelCatalog;
import io.millrace.trainer.publish.TrainerTransaction;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;

/**
 * Everything one run of the {@link TrainingLoop} works with, from its opening, which fences every predecessor, to its
 * closing. Opened, used and closed by the training thread.
 */
final class TrainingSession implements AutoCloseable {
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final SampleSource source;
    private final Learner learner;
    private final TrainingLoop loop;
    private final Optional<Checkpoint> checkpoint;

    TrainingSession(
            PipelineSettings pipeline,
            TrainerSettings settings,
            Compute compute,
            MeterRegistry meters,
            InstantSource clock)
            throws IOException {
        try {
            Clients clients = new Clients(pipeline, settings);
            BlobStore blobs = new MeteredBlobStore(BlobStore.at(pipeline.blobStore()), meters);
            NetworkConfig network = settings.learn()
                    .network(pipeline.frameShape(), pipeline.classes().size());
            Memory memory = Memory.of(settings);
            KafkaConsumer<byte[], byte[]> consumer = closing(clients.consumer(
                    Map.of("group.id", TrainerTransaction.group(pipeline), "auto.offset.reset", "none")));
            KafkaProducer<String, byte[]> producer =
                    closing(clients.trainerProducer(TrainerTransaction.group(pipeline)));
            closing(KafkaMeters.of(consumer, meters));
            closing(KafkaMeters.of(producer, meters));
            SampleDecoder decoder = new SampleDecoder(pipeline, blobs);
            FrameReader reader = closing(new FrameReader(FrameReader.consumer(pipeline), decoder, clock));
            ModelCatalog catalog = closing(new ModelCatalog(pipeline, blobs, clock));
            learner = closing(new Learner(compute, network, settings.learn()));
            source = new SampleSource(consumer, decoder, pipeline, settings.intake(), clock);
            TrainerTransaction transaction =
                    new TrainerTransaction(pipeline, producer, consumer, blobs, clock, settings.signingKey());
            loop = new TrainingLoop(
                    pipeline,
                    settings,
                    new TrainingLoop.Parts(
                            source,
                            new LabelDesk(reader, new HoldoutRule(settings.holdoutShare()), memory),
                            memory,
                            learner,
                            new ModelRelease(pipeline, settings, network, compute, catalog, blobs, clock),
                            transaction,
                            closing(new TrainerMetrics(meters))),
                    clock);
            checkpoint = transaction.begin();
        } catch (IOException | RuntimeException | Error e) {
            closeAfter(e);
            throw e;
        }
    }

    SampleSource source() {
        return source;
    }

    Learner learner() {
        return learner;
    }

    TrainingLoop loop() {
        return loop;
    }

    /** What the predecessor committed last; empty on the very first start. */
    Optional<Checkpoint> checkpoint() {
        return checkpoint;
    }

    @Override
    public void close() throws IOException {
        IOException failure = null;
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                failure = failure == null ? new IOException("a part of the trainer did not close", e) : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private <T extends AutoCloseable> T closing(T part) {
        open.push(part);
        return part;
    }

    private void closeAfter(Throwable failure) {
        try {
            close();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }
}
