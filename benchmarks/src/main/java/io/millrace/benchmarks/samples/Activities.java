package io.millrace.benchmarks.samples;

import io.millrace.schemas.SampleShape;
import io.millrace.trainer.batch.Sample;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.StringTokenizer;

/**
 * Six activities of people with a phone at the waist: the data set "Human Activity Recognition Using Smartphones" of
 * Anguita et al. 2013, as its archive unpacks. A window is {@code [9, 128]}, 2.56 seconds of acceleration without and with
 * gravity and of turning, x, y and z each, in units of gravity and radians a second. Who is in the test windows is in no
 * other.
 */
public final class Activities {
    private static final int CLASSES = 6;
    private static final int TIME = 128;
    private static final List<String> SIGNALS = List.of("body_acc", "total_acc", "body_gyro");
    private static final List<String> AXES = List.of("x", "y", "z");
    private static final SampleShape SHAPE = SampleShape.of(SIGNALS.size() * AXES.size(), TIME);

    private Activities() {}

    /** @param directory with the folders {@code train} and {@code test} */
    public static SampleSet in(Path directory) throws IOException {
        return new SampleSet(SHAPE, CLASSES, read(directory, "train"), read(directory, "test"));
    }

    private static List<Sample> read(Path directory, String part) throws IOException {
        Path folder = directory.resolve(part);
        int[] classes = numbers(folder.resolve("y_" + part + ".txt"));
        int[] people = numbers(folder.resolve("subject_" + part + ".txt"));
        List<float[]> windows = new ArrayList<>();
        for (int i = 0; i < classes.length; i++) {
            windows.add(new float[SHAPE.values()]);
        }
        int channel = 0;
        for (String signal : SIGNALS) {
            for (String axis : AXES) {
                String name = signal + "_" + axis + "_" + part + ".txt";
                readChannel(folder.resolve("Inertial Signals").resolve(name), windows, channel * TIME);
                channel++;
            }
        }
        if (people.length != classes.length) {
            throw new IOException("expected as many people as classes in " + folder + ", got " + people.length + " and "
                    + classes.length);
        }
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < classes.length; i++) {
            if (classes[i] < 1 || classes[i] > CLASSES) {
                throw new IOException("expected a class of 1 to " + CLASSES + ", got " + classes[i] + " in " + folder);
            }
            samples.add(new Sample(part + "-" + i, "person-" + people[i], windows.get(i), classes[i] - 1));
        }
        return samples;
    }

    private static int[] numbers(Path file) throws IOException {
        try (var lines = Files.lines(file)) {
            return lines.mapToInt(line -> Integer.parseInt(line.trim())).toArray();
        } catch (NumberFormatException e) {
            throw new IOException("expected a whole number on each line of " + file, e);
        }
    }

    private static void readChannel(Path file, List<float[]> windows, int offset) throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            for (float[] window : windows) {
                String line = lines.readLine();
                StringTokenizer values = new StringTokenizer(line == null ? "" : line);
                if (values.countTokens() != TIME) {
                    throw new IOException("expected " + windows.size() + " lines of " + TIME + " values in " + file);
                }
                for (int t = 0; t < TIME; t++) {
                    window[offset + t] = Float.parseFloat(values.nextToken());
                }
            }
            if (lines.readLine() != null) {
                throw new IOException("expected no more than " + windows.size() + " lines in " + file);
            }
        } catch (NumberFormatException e) {
            throw new IOException("expected a number in " + file, e);
        }
    }
}
