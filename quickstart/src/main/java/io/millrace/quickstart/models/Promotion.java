package io.millrace.quickstart.models;

import io.millrace.record.ModelAlias;
import io.millrace.record.ModelVersion;
import io.millrace.runtime.PipelineSettings;
import io.millrace.schemas.Topic;
import io.millrace.trainer.ModelLoader;
import io.millrace.trainer.model.Compute;
import io.millrace.trainer.publish.ModelCatalog;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Makes a version champion by hand: forwards or backwards, it is one record in {@code model-aliases}. Predictors follow
 * it; the trainer learns on from where it is, and measures its next challenger against this version.
 *
 * <p>Not thread-safe.
 */
public final class Promotion {
    private final PipelineSettings pipeline;
    private final ModelCatalog catalog;
    private final Compute compute;
    private final InstantSource clock;

    /**
     * @param catalog the caller keeps and closes it
     * @param compute the caller keeps and closes it
     */
    public Promotion(PipelineSettings pipeline, ModelCatalog catalog, Compute compute, InstantSource clock) {
        this.pipeline = pipeline;
        this.catalog = catalog;
        this.compute = compute;
        this.clock = clock;
    }

    /** A version that cannot become champion; the message says why. */
    public static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        RefusedException(String message) {
            super(message);
        }
    }

    /**
     * Moves the champion's alias, after the version was fetched, verified, built and let answer as a predictor will do.
     *
     * @param name a version
     * @param reason one sentence; it stands in the record
     * @return the record that was written; {@code previous} says what was champion before
     * @throws RefusedException when there is no such version, it is champion already, its artifact is missing or damaged,
     *     or it is not of this pipeline's shape and classes; nothing was written then
     */
    public ModelAlias promote(String name, String reason) throws RefusedException, InterruptedException {
        catalog.readToEnd();
        String before = catalog.championName().orElse(null);
        if (name.equals(before)) {
            throw new RefusedException("version " + name + " is champion already");
        }
        try {
            ModelVersion version = catalog.verified(name)
                    .orElseThrow(() -> new RefusedException(
                            "there is no version " + name + ": `millrace models` lists those there are"));
            ModelLoader.load(pipeline, compute, catalog, version).close();
        } catch (IOException | IllegalArgumentException e) {
            throw new RefusedException("version " + name + " cannot answer here: " + e.getMessage());
        }
        return announce(new ModelAlias(ModelCatalog.CHAMPION, name, before, reason, clock.instant()));
    }

    private ModelAlias announce(ModelAlias alias) throws InterruptedException {
        Topic<ModelAlias> topic = pipeline.topics().modelAliases();
        Map<String, Object> own = Map.of("acks", "all", "enable.idempotence", true);
        try (KafkaProducer<String, byte[]> producer =
                new KafkaProducer<>(pipeline.kafkaWith(own), new StringSerializer(), new ByteArraySerializer())) {
            byte[] value = topic.values().serializer().serialize(topic.name(), alias);
            producer.send(new ProducerRecord<>(topic.name(), alias.getAlias(), value))
                    .get();
            return alias;
        } catch (ExecutionException e) {
            throw new KafkaException("the alias was not written", e.getCause());
        }
    }
}
