package io.millrace.quickstart.report;

import io.millrace.quickstart.watch.Accuracy.Share;
import io.millrace.quickstart.watch.RunSnapshot;
import io.millrace.quickstart.watch.RunSnapshot.Promotion;
import io.millrace.quickstart.watch.Series.Point;
import java.awt.AWTError;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.internal.chartpart.Chart;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The curves of a run as PNG files. A JVM without fonts cannot draw text: then there are none, and the reason is told. */
public final class Plots {
    private static final Logger LOGGER = LoggerFactory.getLogger(Plots.class);
    private static final int WIDTH = 1_000;
    private static final int HEIGHT = 560;
    private static final String FRAMES = "frames accepted";

    private final RunSnapshot run;
    private final List<String> classes;

    public Plots(RunSnapshot run, List<String> classes) {
        this.run = run;
        this.classes = List.copyOf(classes);
    }

    /**
     * Draws all plots into a directory.
     *
     * @return why there are none; empty when there are
     */
    public Optional<String> writeTo(Path directory) throws IOException {
        try {
            Files.createDirectories(directory);
            accuracy().writeTo(directory.resolve("accuracy.png"));
            gate().writeTo(directory.resolve("gate.png"));
            save(perClass(), directory.resolve("classes.png"));
            return Optional.empty();
        } catch (LinkageError | AWTError | RuntimeException e) {
            // What a JVM without fonts or without libfreetype throws differs from one to the next.
            LOGGER.atWarn().setCause(e).log("No plots");
            return Optional.of("this Java cannot draw text: " + e);
        }
    }

    /** Prequential accuracy as it went, and the mean of each champion while it reigned. */
    private LineChart accuracy() {
        LineChart chart = shares("Accuracy of predictions, told by labels that came later");
        add(chart, "last 100 labels", run.curves().accuracy());
        List<Point> steps = new ArrayList<>();
        List<Promotion> promotions = run.versions().promotions();
        for (int i = 0; i < promotions.size(); i++) {
            Share share = run.accuracy().perVersion().get(promotions.get(i).version());
            Double mean = share == null ? null : share.value();
            if (mean != null) {
                long until = i + 1 < promotions.size()
                        ? promotions.get(i + 1).frames()
                        : run.frames().accepted();
                steps.add(new Point(promotions.get(i).frames(), mean));
                steps.add(new Point(until, mean));
            }
        }
        add(chart, "mean of each champion", steps);
        return chart;
    }

    private LineChart gate() {
        LineChart chart = shares("Gate: share of unlabeled frames that pass, and how many pseudo-labels are right");
        add(chart, "pass the gate", run.curves().maskRate());
        add(chart, "pseudo-labels right", run.curves().precision());
        return chart;
    }

    private CategoryChart perClass() {
        CategoryChart chart = new CategoryChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title("Accuracy by class, told by labels that came later")
                .yAxisTitle("accuracy")
                .build();
        chart.getStyler().setLegendVisible(false);
        chart.getStyler().setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setYAxisMin(0.0).setYAxisMax(1.0);
        chart.getStyler().setXAxisLabelRotation(30);
        List<Double> values = new ArrayList<>();
        for (int i = 0; i < classes.size(); i++) {
            Share share = run.accuracy().perClass().get(i);
            Double value = share == null ? null : share.value();
            values.add(value == null ? 0.0 : value);
        }
        chart.addSeries("accuracy", classes, values);
        return chart;
    }

    private static LineChart shares(String title) {
        return new LineChart(title, FRAMES, "share").between(0, 1);
    }

    private static void add(LineChart chart, String name, List<Point> points) {
        double[] frames = points.stream().mapToDouble(Point::frames).toArray();
        double[] values = points.stream().mapToDouble(Point::value).toArray();
        chart.add(name, frames, values);
    }

    private static void save(Chart<?, ?> chart, Path file) throws IOException {
        BitmapEncoder.saveBitmap(chart, file.toString(), BitmapFormat.PNG);
    }
}
