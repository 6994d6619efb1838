package io.millrace.trainer.promote;

/** What the policy says of a challenger. */
public sealed interface Decision {
    /** Why, in one sentence with the numbers. */
    String reason();

    /** The challenger becomes champion. */
    record Promote(String reason) implements Decision {}

    /** The champion stays. */
    record Keep(String reason) implements Decision {}
}
