package io.millrace.trainer.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.record.Disposition;
import io.millrace.record.OffsetRange;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LedgerTest {
    @Test
    void shouldJoinNeighboursThatEndedAlikeAcrossTransactionMarkers() {
        Ledger ledger = new Ledger(Set.of("f"));
        ledger.add("f", 1, 5, Disposition.TRAINED);
        ledger.add("f", 0, 7, Disposition.TRAINED);
        ledger.add("f", 1, 6, Disposition.TRAINED);
        ledger.add("f", 1, 9, Disposition.TRAINED); // 7 and 8 are markers
        ledger.add("f", 1, 10, Disposition.HOLDOUT);
        ledger.add("f", 1, 11, Disposition.TRAINED);

        assertThat(ledger.take())
                .containsExactly(
                        new OffsetRange("f", 0, 7L, 7L, Disposition.TRAINED, 1L),
                        new OffsetRange("f", 1, 5L, 9L, Disposition.TRAINED, 3L),
                        new OffsetRange("f", 1, 10L, 10L, Disposition.HOLDOUT, 1L),
                        new OffsetRange("f", 1, 11L, 11L, Disposition.TRAINED, 1L));
        assertThat(ledger.isEmpty()).isTrue();
    }

    @Test
    void shouldCountEveryOffsetOfALostRange() {
        Ledger ledger = new Ledger(Set.of("f"));
        ledger.addRange("f", 0, 3, 7, Disposition.EXPIRED);
        ledger.add("f", 0, 8, Disposition.EXPIRED);

        assertThat(ledger.take()).containsExactly(new OffsetRange("f", 0, 3L, 8L, Disposition.EXPIRED, 6L));
    }

    @Test
    void shouldKeepOutOfARangeWhatEndsLaterWhenOffsetsAreNotReadInOrder() {
        Ledger ledger = new Ledger(Set.of("f"));
        ledger.add("labels", 0, 4, Disposition.TRAINED);
        ledger.add("labels", 0, 6, Disposition.TRAINED); // 5 waits for its time

        assertThat(ledger.take())
                .containsExactly(
                        new OffsetRange("labels", 0, 4L, 4L, Disposition.TRAINED, 1L),
                        new OffsetRange("labels", 0, 6L, 6L, Disposition.TRAINED, 1L));
    }

    @Test
    void shouldGiveNothingTwice() {
        Ledger ledger = new Ledger(Set.of("f"));
        ledger.add("f", 0, 1, Disposition.SHED);
        ledger.take();

        assertThat(ledger.take()).isEmpty();
    }
}
