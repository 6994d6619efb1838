package io.millrace.trainer;

import io.millrace.record.ModelVersion;
import io.millrace.runtime.PipelineSettings;
import io.millrace.trainer.model.Classifier;
import io.millrace.trainer.model.Compute;
import io.millrace.trainer.model.NetworkConfig;
import io.millrace.trainer.publish.ModelCatalog;
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
            throw new IOException("it takes samples of " + version.getInputShape() + ", the pipeline has " + shape);
        }
        if (!version.getClasses().equals(pipeline.classes())) {
            throw new IOException(
                    "it answers with " + version.getClasses() + ", the pipeline has " + pipeline.classes());
        }
    }

    /**
     * Fetches and verifies the artifact, builds the network and lets it answer once.
     *
     * @return the model, warm; the caller closes it
     * @throws IOException when shape or classes are not those of the pipeline, or the artifact is missing or damaged
     * @throws IllegalArgumentException when the weights do not fit the network that the version describes
     */
    public static Classifier load(
            PipelineSettings pipeline, Compute compute, ModelCatalog catalog, ModelVersion version) throws IOException {
        checkFit(pipeline, version);
        NetworkConfig network = NetworkConfig.fromMap(
                pipeline.frameShape(), version.getClasses().size(), version.getNetwork());
        Classifier model = new Classifier(compute, network, catalog.weights(version));
        try {
            model.logits(List.of(new float[pipeline.frameShape().values()]));
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
        return model;
    }
}
