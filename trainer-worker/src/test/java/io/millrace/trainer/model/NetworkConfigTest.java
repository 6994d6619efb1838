package io.millrace.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.schemas.SampleShape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NetworkConfigTest {
    @Test
    void shouldComeBackWhenItWentThroughAMap() {
        NetworkConfig config =
                new NetworkConfig(SampleShape.of(3, 32, 32), 5, Architecture.CONV4, 16, 4, 0.4f, 0.3f, false);

        assertThat(NetworkConfig.fromMap(config.input(), 5, config.toMap())).isEqualTo(config);
        NetworkConfig open = config.withOpenSet();
        assertThat(NetworkConfig.fromMap(open.input(), 5, open.toMap()))
                .isEqualTo(open)
                .isNotEqualTo(config);
    }

    @Test
    void shouldSayWhatIsMissingWhenTheMapIsNotComplete() {
        SampleShape shape = SampleShape.of(1, 28, 28);
        Map<String, String> map = new HashMap<>(
                NetworkConfig.of(shape, 10, Architecture.RESNET7, 32).toMap());
        map.remove("width");

        assertThatThrownBy(() -> NetworkConfig.fromMap(shape, 10, map)).hasMessageContaining("network key width");
        map.put("width", "wide");
        assertThatThrownBy(() -> NetworkConfig.fromMap(shape, 10, map)).isInstanceOf(IllegalArgumentException.class);
        map.put("architecture", "other");
        assertThatThrownBy(() -> NetworkConfig.fromMap(shape, 10, map)).hasMessageContaining("resnet7-groupnorm");
    }

    @Test
    void shouldRefuseNumbersThatBuildNoNetwork() {
        assertThatThrownBy(() -> wide(1, 32, 8, 0, 1)).hasMessageContaining("at least 2 classes");
        assertThatThrownBy(() -> wide(2, 20, 8, 0, 1)).hasMessageContaining("multiple");
        assertThatThrownBy(() -> wide(2, 32, 8, Float.NaN, 1)).hasMessageContaining("finite");
        assertThatThrownBy(() -> wide(2, 32, 8, 0, 0)).hasMessageContaining("positive");
    }

    @Test
    void shouldFollowTheFormulaWhenTheAverageWarmsUp() {
        ExponentialMovingAverage average = new ExponentialMovingAverage(1);

        assertThat(average.decayAt(1)).isEqualTo(2.0 / 11);
        assertThat(average.decayAt(1_000_000)).isEqualTo(0.5);
        assertThat(new ExponentialMovingAverage(1000).decayAt(90)).isEqualTo(0.91);
        assertThat(Math.pow(new ExponentialMovingAverage(50).decayAt(1_000_000), 50))
                .isBetween(0.4999999, 0.5000001);
        assertThatThrownBy(() -> new ExponentialMovingAverage(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldRefuseTensorsWhenTheyAreNotExactlyTheParameters() {
        ParameterLayout layout = new ParameterLayout(
                List.of(new ParameterLayout.Entry("a", List.of(2, 2)), new ParameterLayout.Entry("b", List.of(3))));
        Tensor a = new Tensor("a", List.of(2, 2), new float[] {1, 2, 3, 4});
        Tensor b = Tensor.vector("b", 5, 6, 7);

        assertThat(layout.flatten(List.of(b, a))).containsExactly(1, 2, 3, 4, 5, 6, 7);
        assertThat(layout.decayMask()).containsExactly(1, 1, 1, 1, 0, 0, 0);
        assertThatThrownBy(() -> layout.flatten(List.of(a))).hasMessageContaining("expected a tensor b");
        assertThatThrownBy(() -> layout.flatten(List.of(a, b, Tensor.vector("c", 1))))
                .hasMessageContaining("unexpected tensors [c]");
        assertThatThrownBy(() -> layout.flatten(List.of(a, a, b))).hasMessageContaining("a twice");
        assertThatThrownBy(() -> layout.flatten(List.of(a, Tensor.vector("b", 5, 6))))
                .hasMessageContaining("b: expected shape [3], got [2]");
        assertThatThrownBy(() -> layout.flatten(List.of(a, Tensor.vector("b", 5, Float.NaN, 7))))
                .hasMessageContaining("b: expected finite values, got NaN at 1");
    }

    private static NetworkConfig wide(int classes, int width, int groups, float mean, float deviation) {
        return new NetworkConfig(
                SampleShape.of(6, 50), classes, Architecture.RESNET7, width, groups, mean, deviation, false);
    }
}
