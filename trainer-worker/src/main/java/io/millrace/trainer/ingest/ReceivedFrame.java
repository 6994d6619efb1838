package io.millrace.trainer.ingest;

import io.millrace.record.Disposition;
import io.millrace.trainer.batch.Sample;
import org.jspecify.annotations.Nullable;

/**
 * An accepted frame with its place in {@code accepted-frames}, for the ledger.
 *
 * @param sample the decoded frame; null when it was shed or could not be read
 * @param disposition TRAINED when it may be trained, else why there is no sample
 */
public record ReceivedFrame(@Nullable Sample sample, Disposition disposition, int partition, long offset) {}
