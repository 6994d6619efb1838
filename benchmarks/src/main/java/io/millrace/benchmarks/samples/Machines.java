package io.millrace.benchmarks.samples;

import io.millrace.trainer.batch.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Windows of {@link Vibration} from a hall of eight machines, classes and machines equally likely. Machines and test windows
 * are the same for every seed, so that seeds can be compared.
 */
public final class Machines {
    private static final int MACHINES = 8;
    private static final long HALL = 2_026;
    private static final int TEST = 2_000;

    private Machines() {}

    /** @param training number of windows to stream, at least 1 @param seed decides them */
    public static SampleSet of(int training, long seed) {
        SplittableRandom hall = new SplittableRandom(HALL);
        List<Vibration> machines = IntStream.range(0, MACHINES)
                .mapToObj(i -> new Vibration(Machine.draw(hall)))
                .toList();
        List<Sample> test = windows("test", TEST, machines, hall.split());
        return new SampleSet(
                Vibration.SHAPE,
                Vibration.CLASSES,
                windows("window", training, machines, new SplittableRandom(seed)),
                test);
    }

    private static List<Sample> windows(String name, int count, List<Vibration> machines, SplittableRandom random) {
        List<Sample> windows = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int machine = random.nextInt(machines.size());
            int fault = random.nextInt(Vibration.CLASSES);
            float[] values = machines.get(machine).window(fault, random);
            windows.add(new Sample(name + "-" + i, "machine-" + (machine + 1), values, fault));
        }
        return windows;
    }
}
