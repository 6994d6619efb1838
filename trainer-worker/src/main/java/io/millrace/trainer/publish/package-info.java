/**
 * What leaves the trainer: artifacts, checkpoints, and the one transaction that makes a range of steps count.
 *
 * <pre>
 *   weights ---&gt; Artifact ---+
 *                            +--&gt; blob store  (first, under their SHA-256)
 *   everything -&gt; Checkpoint +
 *                            |
 *   ledger row, version, alias, events, offsets --&gt; one Kafka transaction  (then: the truth)
 * </pre>
 */
@NullMarked
package io.millrace.trainer.publish;

import org.jspecify.annotations.NullMarked;
