package io.millrace.trainer.augment;

/**
 * What the values of one channel of one sensor window are like.
 *
 * @param mean of the values
 * @param deviation from it, of the values as they are (not an estimate for others); 0 for a constant channel
 */
public record Channel(double mean, double deviation) {
    /** Of {@code time} values from {@code start} on. */
    public static Channel of(float[] samples, int start, int time) {
        double sum = 0;
        for (int t = 0; t < time; t++) {
            sum += samples[start + t];
        }
        double mean = sum / time;
        double squares = 0;
        for (int t = 0; t < time; t++) {
            squares += (samples[start + t] - mean) * (samples[start + t] - mean);
        }
        return new Channel(mean, Math.sqrt(squares / time));
    }
}
