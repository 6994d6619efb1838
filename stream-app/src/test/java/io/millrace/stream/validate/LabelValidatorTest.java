package io.millrace.stream.validate;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.record.LabelAction;
import io.millrace.record.LabelEvent;
import io.millrace.schemas.Reason;
import io.millrace.stream.flow.Verdict;
import io.millrace.stream.flow.Verdict.Rejected;
import io.millrace.stream.flow.Verdict.Valid;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class LabelValidatorTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final LabelValidator validator = new LabelValidator(List.of("cat", "dog"), Duration.ofMinutes(1));

    @Test
    void shouldPassWhenLabelIsSound() {
        assertThat(check(LabelAction.ASSIGN, "cat")).isInstanceOf(Valid.class);
        assertThat(check(LabelAction.CORRECT, "dog")).isInstanceOf(Valid.class);
        assertThat(check(LabelAction.RETRACT, null)).isInstanceOf(Valid.class);
        assertThat(check(LabelAction.RETRACT, "whatever")).isInstanceOf(Valid.class);
    }

    @Test
    void shouldRejectWhenClassIsUnknownOrMissing() {
        assertRejected(check(LabelAction.ASSIGN, "owl"), Reason.UNKNOWN_CLASS);
        assertRejected(check(LabelAction.CORRECT, "CAT"), Reason.UNKNOWN_CLASS);
        assertRejected(check(LabelAction.ASSIGN, null), Reason.UNKNOWN_ACTION);
        assertRejected(check(LabelAction.CORRECT, null), Reason.UNKNOWN_ACTION);
    }

    @Test
    void shouldRejectWhenActionIsUnknown() {
        assertRejected(check(LabelAction.UNKNOWN, "cat"), Reason.UNKNOWN_ACTION);
    }

    @Test
    void shouldRejectWhenKeyIsAnotherFrame() {
        assertRejected(validator.check("g", label("f", "a", NOW), NOW.toEpochMilli()), Reason.KEY_MISMATCH);
    }

    @Test
    void shouldRejectWhenTextIsEmptyOrTooLong() {
        assertRejected(validator.check("", label("", "a", NOW), NOW.toEpochMilli()), Reason.BAD_FIELD);
        assertRejected(validator.check("f", label("f", "", NOW), NOW.toEpochMilli()), Reason.BAD_FIELD);
        assertRejected(validator.check("f", label("f", "a".repeat(201), NOW), NOW.toEpochMilli()), Reason.BAD_FIELD);
    }

    @Test
    void shouldRejectWhenLabeledInTheFutureOrBeforeTime() {
        for (Instant time :
                List.of(NOW.plusSeconds(61), Instant.ofEpochMilli(Long.MAX_VALUE), Instant.EPOCH.minusMillis(1))) {
            assertRejected(validator.check("f", label("f", "a", time), NOW.toEpochMilli()), Reason.BAD_TIME);
        }
        assertThat(validator.check("f", label("f", "a", Instant.EPOCH), NOW.toEpochMilli()))
                .isInstanceOf(Valid.class);
    }

    private Verdict check(LabelAction action, String name) {
        return validator.check("f", new LabelEvent("f", action, name, "annotator", NOW), NOW.toEpochMilli());
    }

    private static LabelEvent label(String frameId, String annotator, Instant at) {
        return new LabelEvent(frameId, LabelAction.ASSIGN, "cat", annotator, at);
    }

    private static void assertRejected(Verdict verdict, Reason reason) {
        assertThat(verdict)
                .isInstanceOfSatisfying(
                        Rejected.class,
                        rejected -> assertThat(rejected.reason()).isEqualTo(reason));
    }
}
