/**
 * How well methods learn from a stream that drifts, and what it costs: streams, arms, runs, figures.
 *
 * <p>A {@link io.millrace.benchmarks.learning.LearningStream} says what comes and what judges; a
 * {@link io.millrace.benchmarks.learning.LearningRun} leads one {@link io.millrace.benchmarks.learning.Arm} over it
 * through the classes that the trainer runs, without a broker.
 */
@NullMarked
package io.millrace.benchmarks.learning;

import org.jspecify.annotations.NullMarked;
