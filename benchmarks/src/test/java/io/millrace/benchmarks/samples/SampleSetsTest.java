package io.millrace.benchmarks.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.schemas.SampleShape;
import io.millrace.trainer.batch.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SampleSetsTest {
    @TempDir
    Path directory;

    @Test
    void shouldGiveTheSameMachinesAndTestWindowsWhenOnlyTheSeedIsAnother() {
        SampleSet first = Machines.of(50, 1);
        SampleSet again = Machines.of(50, 1);
        SampleSet other = Machines.of(50, 2);

        assertThat(values(again.training())).isDeepEqualTo(values(first.training()));
        assertThat(values(other.test())).isDeepEqualTo(values(first.test()));
        assertThat(values(other.training())[0]).isNotEqualTo(values(first.training())[0]);
        assertThat(first.test()).extracting(Sample::label).containsOnly(0, 1, 2, 3, 4, 5, 6, 7);
        assertThat(first.shape()).isEqualTo(SampleShape.of(3, 128));
    }

    @Test
    void shouldChangeGainAndOffsetOfEachChannelWhenSensorsAreExchanged() {
        Sample before = new Sample("a", "machine-1", new float[] {1, 2, 3, 1, 2, 3}, 4);
        Exchange exchange = new Exchange(2, 7);

        Sample after = exchange.apply(before);

        float[] seen = after.values();
        assertThat(seen[2] - seen[1])
                .isCloseTo(seen[1] - seen[0], within(1e-5f))
                .isPositive();
        assertThat(seen[1] - seen[0]).isNotCloseTo(1, within(1e-3f)).isNotCloseTo(seen[4] - seen[3], within(1e-3f));
        assertThat(exchange.apply(before).values()).containsExactly(seen);
        assertThat(exchange.apply(new Sample("a", "machine-2", before.values(), 4))
                        .values())
                .isNotEqualTo(seen);
        assertThat(before.values()).containsExactly(1, 2, 3, 1, 2, 3);
        assertThat(after.label()).isEqualTo(4);
    }

    @Test
    void shouldReadActivitiesChannelByChannel() throws IOException {
        writeActivities("train", "5\n1\n", "3\n30\n");
        writeActivities("test", "6\n", "2\n");

        SampleSet people = Activities.in(directory);

        assertThat(people.training()).extracting(Sample::label).containsExactly(4, 0);
        assertThat(people.training()).extracting(Sample::sourceId).containsExactly("person-3", "person-30");
        float[] second = people.training().get(1).values();
        assertThat(second).hasSize(9 * 128);
        assertThat(second[0]).isEqualTo(1); // body_acc_x, second window
        assertThat(second[128]).isEqualTo(101); // body_acc_y
        assertThat(second[8 * 128 + 127]).isEqualTo(801); // body_gyro_z
        assertThat(people.test()).hasSize(1);
    }

    @Test
    void shouldRefuseActivitiesWhenAWindowIsMissing() throws IOException {
        writeActivities("train", "5\n1\n4\n", "3\n30\n30\n");
        Files.writeString(directory.resolve("train/Inertial Signals/body_gyro_y_train.txt"), window(0) + window(1));

        assertThatThrownBy(() -> Activities.in(directory))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("body_gyro_y_train.txt");
    }

    @Test
    void shouldReadColourImagesChannelsFirst() throws IOException {
        for (String name : List.of("data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5")) {
            Files.write(directory.resolve(name + ".bin"), record(7));
        }
        Files.write(directory.resolve("test_batch.bin"), record(9));

        SampleSet images = ColourImages.in(directory);

        assertThat(images.training()).hasSize(5);
        Sample test = images.test().get(0);
        assertThat(test.label()).isEqualTo(9);
        assertThat(new float[] {test.values()[0], test.values()[1024], test.values()[2048]})
                .containsExactly(1, 128 / 255f, 0);
    }

    @Test
    void shouldRefuseColourImagesWhenAFileIsCut() throws IOException {
        Files.write(directory.resolve("data_batch_1.bin"), new byte[3_000]);

        assertThatThrownBy(() -> ColourImages.in(directory))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("data_batch_1.bin");
    }

    private static byte[] record(int label) {
        byte[] bytes = new byte[3_073];
        bytes[0] = (byte) label;
        bytes[1] = (byte) 255;
        bytes[1 + 1_024] = (byte) 128;
        return bytes;
    }

    /** Channel c of window w has the value 100 c + w throughout. */
    private void writeActivities(String part, String classes, String people) throws IOException {
        Path signals = Files.createDirectories(directory.resolve(part).resolve("Inertial Signals"));
        Files.writeString(directory.resolve(part).resolve("y_" + part + ".txt"), classes);
        Files.writeString(directory.resolve(part).resolve("subject_" + part + ".txt"), people);
        int windows = classes.split("\n").length;
        List<String> names = List.of("body_acc", "total_acc", "body_gyro");
        for (int channel = 0; channel < 9; channel++) {
            String name = names.get(channel / 3) + "_" + "xyz".charAt(channel % 3) + "_" + part + ".txt";
            int first = 100 * channel;
            Files.writeString(
                    signals.resolve(name),
                    IntStream.range(0, windows).mapToObj(w -> window(first + w)).reduce("", String::concat));
        }
    }

    private static String window(int value) {
        return ("  " + value + ".0e+000").repeat(128) + "\n";
    }

    private static float[][] values(List<Sample> samples) {
        return samples.stream().map(Sample::values).toArray(float[][]::new);
    }
}
