package io.millrace.trainer.request;

import io.millrace.trainer.batch.Randomness;
import io.millrace.trainer.batch.Randomness.Purpose;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * How the budget is divided. Held-out frames are asked for at random and in no other way, as often as if all requests were
 * random; what is left of the random share goes to the frames that may be trained, where it keeps the prequential score
 * honest; the rest of the budget is for the best of them. With b the budget, r the random share and h the share that is held
 * out, the rates are
 *
 * <pre>
 *   held out            b min(r, h) / h
 *   others, at random   b max(0, r - h) / (1 - h)
 *   others, the best    b (1 - r) / (1 - h)
 * </pre>
 *
 * <p>A hash of the frame id draws, as it does for the holdout, so a frame is asked for in every run or in none, whatever
 * it shows: what is drawn is an unbiased sample of the frames. CRC32C alone would not do. It is linear, so two hashes of
 * one id that differ in a prefix differ by a constant, and whether a frame is drawn would follow from its being held out.
 *
 * @param heldOut share of the held-out frames asked for, 0..1
 * @param random share of the others asked for at random, 0..1
 * @param best share of the others asked for because they are the best, 0..1
 */
public record RequestRates(double heldOut, double random, double best) {

    /** Divides the budget. @param holdoutShare share of the frames that is held out, 0..1 */
    public static RequestRates of(RequestSettings settings, double holdoutShare) {
        double budget = settings.budget();
        double toHoldout = Math.min(settings.randomShare(), holdoutShare);
        double others = 1 - holdoutShare;
        return new RequestRates(
                holdoutShare > 0 ? Math.min(1, budget * toHoldout / holdoutShare) : 0,
                Math.min(1, budget * (settings.randomShare() - toHoldout) / others),
                Math.min(1, budget * (1 - settings.randomShare()) / others));
    }

    /** True when a frame is asked for whatever it shows. */
    public boolean draws(String frameId, boolean isHeldOut) {
        CRC32C hash = new CRC32C();
        hash.update(frameId.getBytes(StandardCharsets.UTF_8));
        double drawn = Randomness.at(hash.getValue(), 0, Purpose.LABEL_REQUEST).nextDouble();
        return drawn < (isHeldOut ? heldOut : random);
    }
}
