package io.millrace.quickstart.observe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PromqlTest {
    @Test
    void shouldSplitAtComparisonsAndSetOperatorsOutsideOfParentheses() {
        String expression =
                "sum by (a) (rate(x{t=~\".*and > 1\",u!=\"}\"}[5m])) / (y > 2) < 0.5 and on (a) z == bool 1";

        assertThat(Promql.operands(expression))
                .containsExactly("sum by (a) (rate(x{t=~\".*and > 1\",u!=\"}\"}[5m])) / (y > 2)", "0.5", "z", "1");
    }

    @Test
    void shouldAskForWhatIsThereInGoodHealthWhereAnExpressionAsksForWhatIsNot() {
        String expression = "group by (a) (x or y) unless on (a) x or absent(last_over_time(x{b=\"c\"}[1d]) or y)";

        assertThat(Promql.operands(expression))
                .containsExactly("group by (a) (x or y)", "x", "last_over_time(x{b=\"c\"}[1d])", "y");
    }

    @Test
    void shouldAskForNowWhereAnExpressionAsksForYesterday() {
        assertThat(Promql.operands("sum by (a) (rate(x[1h] offset 1d)) > 0 and y offset -5m"))
                .containsExactly("sum by (a) (rate(x[1h]))", "0", "y");
    }

    @Test
    void shouldLeaveAnExpressionWithoutComparisonWhole() {
        assertThat(Promql.operands("time() - max(x)")).containsExactly("time() - max(x)");
    }

    @Test
    void shouldFindEverySelectorAndNothingElse() {
        String expression =
                "histogram_quantile(0.9, sum by (le, pipeline) (rate(x_bucket{a=\"b\"}[5m]))) / on (pipeline)"
                        + " group_left sum(y) without (z) + topk(3, w offset 1d) > 1e3";

        assertThat(Promql.selectors(expression)).containsExactly("x_bucket{a=\"b\"}", "y", "w");
    }
}
