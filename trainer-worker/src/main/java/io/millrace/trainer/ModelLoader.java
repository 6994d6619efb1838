package io.millrace.trainer;

import io.millrace.record.ModelVersion;
import io.millrace.runtime.PipelineSettings;
import io.millrace.trainer.model.Classifier;
import io.millrace.trainer.model.Compute;
import io.millrace.trainer.model.NetworkConfig;
import io.millrace.trainer.model.Tensor;
import io.millrace.trainer.publish.ModelCatalog;
import io.millrace.trainer.publish.UnusableVersionException;
import io.millrace.trainer.publish.UnusableVersionException.Reason;
import java.io.IOException;
import java.util.List;

/** Makes a published version answer: the one place that says what a predictor takes and what it refuses. */
public final class ModelLoader {
    private ModelLoader() {}

    /**
     * Says whether a version answers what this pipeline asks. Its artifact is not looked at.
     *
     * @throws IOException when shape or classes are others; the message names both
     */
    public static void checkFit(PipelineSettings pipeline, ModelVersion version) throws IOException {
        List<Integer> shape = pipeline.frameShape().dimensions();
        if (!version.getInputShape().equals(shape)) {
            throw new UnusableVersionException(
                    Reason.INCOMPATIBLE,
                    "it takes samples of " + version.getInputShape() + ", the pipeline has " + shape);
        }
        if (!version.getClasses().equals(pipeline.classes())) {
            throw new UnusableVersionException(
                    Reason.INCOMPATIBLE,
                    "it answers with " + version.getClasses() + ", the pipeline has " + pipeline.classes());
        }
    }

    /**
     * Sees whether the version fits, fetches and verifies the artifact, builds the network and lets it answer once.
     *
     * @param version one that this catalog gave, so its signature was verified before it was looked into
     * @return the model, warm; the caller closes it
     * @throws UnusableVersionException when the version cannot be used here; the exception says why
     * @throws IOException when the blob store cannot be read now
     */
    public static Classifier load(
            PipelineSettings pipeline, Compute compute, ModelCatalog catalog, ModelVersion version) throws IOException {
        checkFit(pipeline, version);
        NetworkConfig network = network(pipeline, version);
        List<Tensor> weights = catalog.weights(version);
        try {
            return warm(new Classifier(compute, network, weights), pipeline);
        } catch (IllegalArgumentException e) {
            throw unbuildable(e);
        }
    }

    private static NetworkConfig network(PipelineSettings pipeline, ModelVersion version) throws IOException {
        try {
            return NetworkConfig.fromMap(
                    pipeline.frameShape(), version.getClasses().size(), version.getNetwork());
        } catch (IllegalArgumentException e) {
            throw unbuildable(e);
        }
    }

    private static UnusableVersionException unbuildable(IllegalArgumentException e) {
        return new UnusableVersionException(Reason.INCOMPATIBLE, "its network cannot be built: " + e.getMessage(), e);
    }

    private static Classifier warm(Classifier model, PipelineSettings pipeline) {
        try {
            model.logits(List.of(new float[pipeline.frameShape().values()]));
            return model;
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }
}
