package io.millrace.benchmarks.learning;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.benchmarks.learning.Arm.Learns;
import io.millrace.benchmarks.learning.StreamIntake.Turn;
import io.millrace.runtime.Settings;
import io.millrace.trainer.TrainerSettings;
import io.millrace.trainer.batch.HoldoutRule;
import io.millrace.trainer.batch.Sample;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StreamIntakeTest {
    private static final TrainerSettings SETTINGS =
            TrainerSettings.from(Settings.of(TrainerSettings.declare(), Set.of("stream"), List.of()));
    private static final HoldoutRule HOLDOUT = new HoldoutRule(SETTINGS.holdoutShare());
    private static final LabelHabits WRONG = new LabelHabits(10, 0.1, 50, 0.5, 100);

    @Test
    void shouldTellTheOracleTheLabelOfEveryFrameAtOnce() {
        LearningStream stream = stream(WRONG);
        StreamIntake intake = new StreamIntake(stream, Learns.FROM_EVERY_LABEL, SETTINGS);
        int told = 0;
        for (int frame = 0; frame < 1_000; frame += 4) {
            Turn turn = intake.take(4);
            assertThat(turn.labeled())
                    .extracting(Sample::frameId)
                    .isEqualTo(turn.fresh().stream().map(Sample::frameId).toList());
            turn.labeled().forEach(sample -> assertThat(sample.label()).isEqualTo(intake.truth(sample.frameId())));
            told += turn.labeled().size();
        }
        assertThat(told).isBetween(850, 950).isEqualTo((int) intake.labels());
        assertThat(intake.take(4)).isEqualTo(new Turn(List.of(), List.of()));
    }

    @Test
    void shouldLearnFromTheLabelsDueAndKeepWhatIsHeldOutAway() {
        LearningStream stream = stream(LabelHabits.USUAL);
        StreamIntake intake = new StreamIntake(stream, Learns.FROM_STREAM, SETTINGS);
        List<Sample> seen = new ArrayList<>();

        Turn first = intake.take(4);
        seen.addAll(first.fresh());
        seen.addAll(first.labeled());
        long heldOut = stream.labelsAt(0).stream()
                .filter(label -> HOLDOUT.holdsOut(stream.frame(label.sequence()).frameId()))
                .count();
        assertThat(first.labeled()).hasSize(100 - (int) heldOut);
        assertThat(heldOut).isPositive();
        for (int frame = 4; frame < 1_000; frame += 4) {
            seen.addAll(intake.take(4).fresh());
        }
        assertThat(seen).noneMatch(sample -> HOLDOUT.holdsOut(sample.frameId()));
        assertThat(intake.batch(1, first.fresh()).orElseThrow().labeled())
                .allMatch(sample -> sample.label() == intake.truth(sample.frameId()));
    }

    @Test
    void shouldReplaceAWrongLabelWhenItIsCorrected() {
        LearningStream stream = stream(WRONG);
        StreamIntake intake = new StreamIntake(stream, Learns.FROM_STREAM, SETTINGS);
        Map<String, Integer> first = new HashMap<>();
        for (int frame = 0; frame < 100; frame += 4) {
            intake.take(4).labeled().forEach(sample -> first.put(sample.frameId(), sample.label()));
        }
        long before = intake.labels();

        Turn corrections = intake.take(1);

        long wrong = first.entrySet().stream()
                .filter(label -> intake.truth(label.getKey()) != label.getValue())
                .count();
        assertThat(wrong).isPositive();
        assertThat(corrections.labeled()).allMatch(sample -> !first.containsKey(sample.frameId()));
        assertThat(intake.labels() - before).isEqualTo(corrections.labeled().size());
        Set<String> atStart = Set.copyOf(stream.labelsAt(0).stream()
                .map(label -> stream.frame(label.sequence()).frameId())
                .toList());
        for (int step = 1; step < 50; step++) {
            assertThat(intake.batch(step, List.of()).orElseThrow().labeled())
                    .filteredOn(sample -> atStart.contains(sample.frameId()))
                    .allMatch(sample ->
                            stream.truth(Long.parseLong(sample.frameId().substring(6))) == sample.label());
        }
    }

    private static LearningStream stream(LabelHabits habits) {
        return new FashionStreams(TinyImages.data(100), 1_000, habits, List.of(1), null).stream(StreamName.S0, 1);
    }
}
