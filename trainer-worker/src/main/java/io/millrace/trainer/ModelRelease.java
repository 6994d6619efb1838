package io.millrace.trainer;

import io.millrace.record.EventKind;
import io.millrace.record.ModelAlias;
import io.millrace.record.ModelEvent;
import io.millrace.record.ModelVersion;
import io.millrace.record.OffsetPosition;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.blob.BlobStore;
import io.millrace.trainer.batch.Sample;
import io.millrace.trainer.evaluate.Evaluation;
import io.millrace.trainer.evaluate.HoldoutEvaluator;
import io.millrace.trainer.model.Classifier;
import io.millrace.trainer.model.Compute;
import io.millrace.trainer.model.NetworkConfig;
import io.millrace.trainer.model.Tensor;
import io.millrace.trainer.promote.Decision;
import io.millrace.trainer.promote.PromotionPolicy;
import io.millrace.trainer.publish.Artifact;
import io.millrace.trainer.publish.ModelCatalog;
import io.millrace.trainer.publish.UnusableVersionException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a model version of the teacher as it is now and decides whether it becomes champion: evaluate, promote, store the
 * artifact. What is to be announced is returned, and announced by the trainer's next transaction.
 */
final class ModelRelease {
    private static final Logger LOGGER = LoggerFactory.getLogger(ModelRelease.class);
    private static final String CODE_VERSION = Optional.ofNullable(
                    ModelRelease.class.getPackage().getImplementationVersion())
            .orElse("development");

    private final PipelineSettings pipeline;
    private final TrainerSettings settings;
    private final NetworkConfig network;
    private final Compute compute;
    private final ModelCatalog catalog;
    private final BlobStore blobs;
    private final InstantSource clock;
    private final PromotionPolicy policy;

    ModelRelease(
            PipelineSettings pipeline,
            TrainerSettings settings,
            NetworkConfig network,
            Compute compute,
            ModelCatalog catalog,
            BlobStore blobs,
            InstantSource clock) {
        this.pipeline = pipeline;
        this.settings = settings;
        this.network = network;
        this.compute = compute;
        this.catalog = catalog;
        this.blobs = blobs;
        this.clock = clock;
        this.policy = new PromotionPolicy(settings.bounds());
    }

    /**
     * The teacher as it is now.
     *
     * @param step steps taken
     * @param weights its weights
     * @param temperature softmax temperature that calibrates it
     * @param confidenceThreshold threshold of the gate
     * @param positions up to which offsets it has learned
     */
    record Candidate(
            long step,
            List<Tensor> weights,
            double temperature,
            double confidenceThreshold,
            Map<TopicPartition, Long> positions) {}

    /**
     * What is to be announced.
     *
     * @param trial how the version came to be champion or not; none for the first one
     */
    record Release(ModelVersion version, Optional<ModelAlias> alias, List<ModelEvent> events, Optional<Trial> trial) {}

    /** A challenger against the champion on the holdout. */
    record Trial(Evaluation champion, Evaluation challenger, Decision decision) {}

    /**
     * The first version of a pipeline: untrained, champion at once, so that every frame has an answer. Where there is a
     * champion that can answer, learning begins anew because the ledger was lost: it stays until it is beaten.
     */
    Release bootstrap(Candidate candidate) {
        catalog.readToEnd();
        Optional<String> champion = answering();
        ModelVersion version = store(candidate, Optional.empty(), Map.of());
        String reason = champion.map(standing -> "learning begins anew; " + standing + " goes on answering")
                .orElse("first version, untrained: every frame has an answer from the start");
        return new Release(
                version,
                champion.isPresent() ? Optional.empty() : Optional.of(alias(version, Optional.empty(), reason)),
                List.of(event(EventKind.VERSION_CREATED, version, reason, Map.of(), "")),
                Optional.empty());
    }

    /** Name of the champion, if it can answer. */
    private Optional<String> answering() {
        try {
            Optional<ModelVersion> champion = catalog.champion();
            if (champion.isPresent()) {
                ModelLoader.load(pipeline, compute, catalog, champion.get()).close();
            }
            return champion.map(ModelVersion::getVersion);
        } catch (UnusableVersionException e) {
            LOGGER.atWarn()
                    .setCause(e)
                    .addKeyValue("version", catalog.championName().orElse(""))
                    .log("The champion cannot be used, the untrained version takes its place");
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("the blob store does not give the champion", e);
        }
    }

    /** Evaluates the candidate against the champion on the holdout. */
    Release challenge(Candidate candidate, List<Sample> holdout) {
        catalog.readToEnd();
        Optional<String> champion = catalog.championName();
        Evaluation challenger = evaluate(candidate, holdout);
        Map<String, Double> metrics = new HashMap<>();
        metrics.put("holdoutLabels", (double) holdout.size());
        if (!holdout.isEmpty()) {
            metrics.put("holdoutAccuracy", challenger.accuracy());
            metrics.put("holdoutCalibrationError", challenger.calibrationError());
        }
        ModelVersion version = store(candidate, champion, metrics);
        Evaluation standing = evaluateChampion(holdout);
        Decision decision = policy.decide(standing, challenger);
        boolean promoted = decision instanceof Decision.Promote;
        EventKind outcome = promoted ? EventKind.PROMOTED : EventKind.KEPT;
        return new Release(
                version,
                promoted ? Optional.of(alias(version, champion, decision.reason())) : Optional.empty(),
                List.of(
                        event(EventKind.VERSION_CREATED, version, "challenger", metrics, ""),
                        event(
                                outcome,
                                version,
                                decision.reason(),
                                metrics,
                                decision.cause().name())),
                Optional.of(new Trial(standing, challenger, decision)));
    }

    /**
     * A champion that is not there or must not be loaded gets nothing right: it cannot answer either, so anything may
     * replace it. A blob store that cannot be read now says nothing about the champion, and ends the process.
     */
    private Evaluation evaluateChampion(List<Sample> holdout) {
        int classes = pipeline.classes().size();
        try {
            Optional<ModelVersion> champion = catalog.champion();
            if (champion.isPresent()) {
                try (Classifier model = ModelLoader.load(pipeline, compute, catalog, champion.get())) {
                    return HoldoutEvaluator.evaluate(model, champion.get().getTemperature(), holdout, classes);
                }
            }
        } catch (UnusableVersionException e) {
            LOGGER.atError()
                    .setCause(e)
                    .addKeyValue("version", catalog.championName().orElse(""))
                    .log("The champion cannot be used");
        } catch (IOException e) {
            throw new UncheckedIOException("the blob store does not give the champion", e);
        }
        double[][] wrong = new double[holdout.size()][classes];
        for (int i = 0; i < wrong.length; i++) {
            wrong[i][(holdout.get(i).label() + 1) % classes] = 1;
        }
        return Evaluation.of(wrong, labels(holdout), classes);
    }

    private Evaluation evaluate(Candidate candidate, List<Sample> holdout) {
        try (Classifier model = new Classifier(compute, network, candidate.weights())) {
            return HoldoutEvaluator.evaluate(
                    model, candidate.temperature(), holdout, pipeline.classes().size());
        }
    }

    private static int[] labels(List<Sample> samples) {
        return samples.stream().mapToInt(Sample::label).toArray();
    }

    private ModelVersion store(Candidate candidate, Optional<String> parent, Map<String, Double> metrics) {
        byte[] artifact = Artifact.write(candidate.weights());
        String sha256;
        try {
            sha256 = blobs.put(artifact);
        } catch (IOException e) {
            throw new UncheckedIOException("the blob store does not take the artifact", e);
        }
        return ModelVersion.newBuilder()
                .setVersion("%010d-%s".formatted(candidate.step(), sha256.substring(0, 12)))
                .setParent(parent.orElse(null))
                .setSha256(sha256)
                .setSizeBytes(artifact.length)
                .setCreatedAt(clock.instant())
                .setStep(candidate.step())
                .setMethod(settings.learn().method().text())
                .setNetwork(network.toMap())
                .setInputShape(pipeline.frameShape().dimensions())
                .setClasses(pipeline.classes())
                .setTemperature(candidate.temperature())
                .setConfidenceThreshold(candidate.confidenceThreshold())
                .setMetrics(metrics)
                .setLearnedFrom(positions(candidate.positions()))
                .setSeed(settings.learn().seed())
                .setConfigHash(settings.hash())
                .setCodeVersion(CODE_VERSION)
                .build();
    }

    private static List<OffsetPosition> positions(Map<TopicPartition, Long> positions) {
        return positions.entrySet().stream()
                .map(entry -> new OffsetPosition(
                        entry.getKey().topic(), entry.getKey().partition(), entry.getValue()))
                .sorted()
                .toList();
    }

    private ModelAlias alias(ModelVersion version, Optional<String> previous, String reason) {
        return new ModelAlias(
                ModelCatalog.CHAMPION, version.getVersion(), previous.orElse(null), reason, clock.instant());
    }

    private ModelEvent event(
            EventKind kind, ModelVersion version, String message, Map<String, Double> numbers, String reason) {
        return new ModelEvent(
                pipeline.topicPrefix(),
                kind,
                version.getStep(),
                version.getVersion() + ": " + message,
                numbers,
                clock.instant(),
                reason);
    }
}
