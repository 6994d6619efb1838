package io.millrace.trainer.publish;

import io.millrace.trainer.batch.Sample;
import io.millrace.trainer.ingest.ReceivedLabel;
import io.millrace.trainer.model.Tensor;
import io.millrace.trainer.request.LabelRequests;
import io.millrace.trainer.safety.SafetyState;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * Everything the trainer must remember to go on as if it had never stopped. Randomness is counter-based, so the step is
 * all there is to it.
 *
 * @param step last step taken
 * @param learner student, teacher, optimizer, gate
 * @param scores latest labels scored before training, those that are reported
 * @param calibration the same, those that the temperature is fitted to
 * @param labeled labeled replay buffer, oldest first
 * @param unlabeled unlabeled replay buffer, oldest first
 * @param holdout held-out labeled samples, oldest first
 * @param positions next offset of each partition
 * @param waitingLabels labels that came and are not due yet
 * @param requests what later label requests depend on
 * @param safety what watches over the learning remembers
 * @param settingsHash SHA-256 of the settings that shape the learning
 */
public record Checkpoint(
        long step,
        List<Tensor> learner,
        Tensor scores,
        Tensor calibration,
        List<Sample> labeled,
        List<Sample> unlabeled,
        List<Sample> holdout,
        Map<TopicPartition, Long> positions,
        List<ReceivedLabel> waitingLabels,
        LabelRequests.State requests,
        SafetyState safety,
        String settingsHash) {
    public Checkpoint {
        learner = List.copyOf(learner);
        labeled = List.copyOf(labeled);
        unlabeled = List.copyOf(unlabeled);
        holdout = List.copyOf(holdout);
        positions = Map.copyOf(positions);
        waitingLabels = List.copyOf(waitingLabels);
    }
}
