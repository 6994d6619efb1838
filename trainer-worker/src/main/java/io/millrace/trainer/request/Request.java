package io.millrace.trainer.request;

import io.millrace.record.RequestReason;

/**
 * A frame that a label is asked for.
 *
 * @param reason why
 * @param score what a label is worth, 0..1; of random requests 0
 */
public record Request(String frameId, String sourceId, RequestReason reason, float score) {}
