package io.millrace.trainer.ingest;

/**
 * Offsets that retention removed before they were read.
 *
 * @param from first offset
 * @param to last offset, inclusive
 */
public record LostRange(String topic, int partition, long from, long to) {}
