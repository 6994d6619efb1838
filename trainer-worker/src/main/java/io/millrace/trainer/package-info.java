/**
 * The trainer: {@link io.millrace.trainer.TrainingLoop} is the path from records to model versions, top to bottom;
 * {@link io.millrace.trainer.PredictionLoop} is the path from a frame to its answer. Both run in one
 * {@link io.millrace.trainer.TrainerWorker}, or each in its own.
 */
@NullMarked
package io.millrace.trainer;

import org.jspecify.annotations.NullMarked;
