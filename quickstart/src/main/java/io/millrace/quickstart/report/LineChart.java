package io.millrace.quickstart.report;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Curves in one picture. Drawing throws what it likes in a JVM without fonts, {@link LinkageError}s among it. */
public final class LineChart {
    private static final int WIDTH = 1_000;
    private static final int HEIGHT = 560;

    private final XYChart chart;

    public LineChart(String title, String across, String up) {
        chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .xAxisTitle(across)
                .yAxisTitle(up)
                .build();
        chart.getStyler().setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setLegendPosition(LegendPosition.InsideSE);
        chart.getStyler().setDefaultSeriesRenderStyle(XYSeriesRenderStyle.Line);
    }

    /** Shows these values whatever the curves are; without it, as much as they need. */
    public LineChart between(double least, double most) {
        chart.getStyler().setYAxisMin(least).setYAxisMax(most);
        return this;
    }

    /** Adds a curve; an empty one is left out, because XChart refuses it. */
    public void add(String name, double[] x, double[] y) {
        if (x.length > 0) {
            chart.addSeries(name, x, y).setMarker(SeriesMarkers.NONE);
        }
    }

    /** Draws into a PNG file. */
    public void writeTo(Path file) throws IOException {
        BitmapEncoder.saveBitmap(chart, file.toString(), BitmapFormat.PNG);
    }
}
