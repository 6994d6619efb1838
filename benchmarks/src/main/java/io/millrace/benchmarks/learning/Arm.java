package io.millrace.benchmarks.learning;

import io.millrace.trainer.learn.MethodName;
import java.util.Optional;

/**
 * What is led over a stream.
 *
 * @param name as it was asked for and as results tell it, such as {@code supervised@adamatch}
 * @param learner who learns from what
 * @param method of the trainer
 * @param stepsPerBatch steps taken for each batch of frames, above 0; 1 is the budget that all arms share. At 2.5 two and
 *     three steps take turns
 */
public record Arm(String name, Learns learner, MethodName method, double stepsPerBatch) {
    private static final double MOST_STEPS = 100;

    /** Who learns from what. */
    public enum Learns {
        /** From frames and the labels that come, as the trainer does. */
        FROM_STREAM,
        /** From the labels of the start alone, before the first frame; then never again. */
        FROM_START,
        /** From the true label of every frame, which comes with the frame. */
        FROM_EVERY_LABEL
    }

    public Arm {
        if (!(stepsPerBatch > 0 && stepsPerBatch <= MOST_STEPS)) {
            throw new IllegalArgumentException(
                    "expected more than 0 and at most 100 steps for each batch of frames, got " + stepsPerBatch);
        }
    }

    /**
     * Reads {@code no-update}, {@code oracle}, a method, or one of them with a number of steps: {@code supervised*3}. A
     * pace behind an @ stays in the name; how many steps that are is not known before the other arm has run.
     *
     * @throws IllegalArgumentException when it is none
     */
    public static Arm of(String text) {
        String[] parts = unpaced(text).split("\\*", 2);
        double steps = parts.length == 1 ? 1 : number(text, parts[1]);
        return switch (parts[0]) {
            case "no-update" -> new Arm(text, Learns.FROM_START, MethodName.SUPERVISED, steps);
            case "oracle" -> new Arm(text, Learns.FROM_EVERY_LABEL, MethodName.SUPERVISED, steps);
            default -> new Arm(text, Learns.FROM_STREAM, MethodName.of(parts[0]), steps);
        };
    }

    /** For a name such as {@code supervised@adamatch} the arm whose CPU time it is to take, {@code adamatch}. */
    public static Optional<String> paced(String name) {
        int at = name.indexOf('@');
        return at < 0 ? Optional.empty() : Optional.of(name.substring(at + 1));
    }

    /** The arm itself without a pace: {@code supervised} of {@code supervised@adamatch}. */
    public static String unpaced(String name) {
        return name.split("@", 2)[0];
    }

    /** The same arm with another number of steps for each batch of frames, under the same name. */
    public Arm taking(double steps) {
        return new Arm(name, learner, method, steps);
    }

    /** How many steps belong to a batch of frames: over many of them {@link #stepsPerBatch} on average. @param batch from 1 */
    public int stepsOf(long batch) {
        return (int) (Math.floor(batch * stepsPerBatch) - Math.floor((batch - 1) * stepsPerBatch));
    }

    private static double number(String text, String steps) {
        try {
            return Double.parseDouble(steps);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("expected an arm such as supervised*3, got " + text, e);
        }
    }
}
