package io.millrace.trainer.ingest;

import io.millrace.record.LabeledFrame;

/**
 * A label with its own place in {@code labeled-frames}, for the ledger.
 *
 * @param partition partition it came from
 * @param offset its offset
 */
public record ReceivedLabel(LabeledFrame label, int partition, long offset) {}
