package io.millrace.benchmarks.learning;

import static io.millrace.benchmarks.learning.Rows.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class LearningReportTest {
    @Test
    void shouldTellMeanDeviationAndErrorOfTheMean() {
        Spread spread = Spread.of(List.of(1.0, Double.NaN, 2.0, 6.0));

        // mean 3, squares 4 + 1 + 9 = 14, divided by 2 under the root 2.6458; divided by the root of 3 1.5275
        assertThat(spread.count()).isEqualTo(3);
        assertThat(spread.mean()).isCloseTo(3, within(1e-12));
        assertThat(spread.deviation()).isCloseTo(2.6458, within(1e-4));
        assertThat(spread.standardError()).isCloseTo(1.5275, within(1e-4));
        assertThat(spread.isClear()).isFalse();
        assertThat(Spread.of(List.of(1.0, 1.2, 1.1)).isClear()).isTrue();
        assertThat(Spread.of(List.of(5.0)).isClear()).isFalse();
        assertThat(Spread.of(List.of()).mean()).isNaN();
    }

    @Test
    void shouldCompareSeedBySeed() {
        String markdown = new LearningReport(List.of(
                        row("S0", "supervised", 1, 0.50),
                        row("S0", "supervised", 2, 0.90),
                        row("S0", "supervised", 3, 0.70),
                        row("S0", "adamatch", 1, 0.52),
                        row("S0", "adamatch", 2, 0.93),
                        row("S0", "adamatch", 3, 0.74),
                        row("S0", "adamatch", 4, 0.10)))
                .markdown();

        // differences 2, 3 and 4 points: mean 3, deviation 1, error 1 / root 3 = 0.58; seed 4 has no partner
        assertThat(markdown).contains("| adamatch | supervised | steps | **+3.00 ± 0.58** | **+3.00 ± 0.58** |  |");
        assertThat(markdown).contains("| supervised | 3 | 60.0 ± 20.0 | 70.0 ± 20.0 | 25.0 ± 0.0 |");
        assertThat(markdown).doesNotContain("forgetting").contains("### S0").contains("commit abc");
    }

    @Test
    void shouldCompareAnArmWithTheOneThatKeepsPaceWithIt() {
        String markdown = new LearningReport(List.of(
                        row("S0", "supervised", 1, 0.50),
                        row("S0", "adamatch", 1, 0.52),
                        row("S0", "supervised@adamatch", 1, 0.60)))
                .markdown();

        assertThat(markdown).contains("| adamatch | supervised@adamatch | CPU time | -8.00 | -8.00 |  |");
        assertThat(markdown).doesNotContain("| supervised@adamatch | supervised | steps");
    }
}
