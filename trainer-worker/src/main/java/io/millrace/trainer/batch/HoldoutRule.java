package io.millrace.trainer.batch;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * Which frames are held out: a hash of the frame id decides, before anything else does, so that the same frame is held
 * out in every run, in every process and on every restart, and never reaches a step, labeled or not.
 *
 * @param share share of the frames, 0..1
 */
public record HoldoutRule(double share) {
    private static final double RANGE = 1L << 32;

    /** True when the frame is held out. */
    public boolean holdsOut(String frameId) {
        CRC32C hash = new CRC32C();
        hash.update(("holdout:" + frameId).getBytes(StandardCharsets.UTF_8));
        return hash.getValue() / RANGE < share;
    }
}
