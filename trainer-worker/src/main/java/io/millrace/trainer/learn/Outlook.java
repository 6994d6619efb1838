package io.millrace.trainer.learn;

/**
 * What the teacher makes of N samples.
 *
 * @param probabilities {@code [N][classes]}, each row sums to 1
 * @param features what the classifier sees of each, {@code [N][4 width]}: means of rectified channels, 0 or more
 */
@SuppressWarnings("ArrayRecordComponent") // read at once, never compared
public record Outlook(float[][] probabilities, float[][] features) {}
