package io.millrace.trainer.request;

import io.millrace.record.RequestReason;
import io.millrace.trainer.learn.Outlook;
import java.util.ArrayList;
import java.util.List;

/** temporary */
final class RequestSelector {
    private static final String V = System.getProperty("variant", "und");

    record Choice(int index, float score, RequestReason reason) {}

    static List<Choice> choose(int count, Outlook candidates, float[][] labeled, float[][] asked) {
        int n = candidates.probabilities().length;
        double[] u = new double[n];
        double[] nov = new double[n];
        double[] div = new double[n];
        boolean centre = V.contains("c");
        double[] mean = new double[n == 0 ? 0 : candidates.features()[0].length];
        if (centre) {
            for (float[] f : candidates.features()) for (int j = 0; j < mean.length; j++) mean[j] += f[j] / n;
        }
        double[][] f = unit(candidates.features(), mean);
        double[][] l = unit(labeled, mean);
        double[][] a = unit(asked, mean);
        for (int i = 0; i < n; i++) {
            float[] p = candidates.probabilities()[i];
            u[i] = 1;
            if (V.contains("u")) u[i] = 1 - margin(p);
            if (V.contains("e")) u[i] = entropy(p);
            nov[i] = V.contains("n") ? nearest(f[i], l) : 1;
            div[i] = V.contains("d") ? nearest(f[i], a) : 1;
            if (V.contains("N")) nov[i] = Math.sqrt(nearest(f[i], l));
            if (V.contains("D")) div[i] = Math.sqrt(nearest(f[i], a));
            if (V.contains("k")) {
                double[] s = new double[n];
                for (int j = 0; j < n; j++) s[j] = dot(f[i], f[j]);
                java.util.Arrays.sort(s);
                double m = 0;
                for (int j = 0; j < Math.min(10, n - 1); j++) m += s[n - 2 - j] / 10;
                u[i] *= Math.max(0, m);
            }
            if (V.contains("r")) {
                u[i] = Math.random();
            }
        }
        List<Choice> out = new ArrayList<>();
        boolean[] taken = new boolean[n];
        while (out.size() < count) {
            int best = -1;
            double bs = -1;
            for (int i = 0; i < n; i++) {
                double s = u[i] * nov[i] * div[i];
                if (!taken[i] && s > bs) {
                    bs = s;
                    best = i;
                }
            }
            if (best < 0) break;
            taken[best] = true;
            out.add(new Choice(best, (float) bs, RequestReason.UNCERTAIN));
            for (int i = 0; i < n; i++) {
                double d = 1 - dot(f[i], f[best]);
                if (V.contains("d")) div[i] = Math.min(div[i], d);
                if (V.contains("D")) div[i] = Math.min(div[i], Math.sqrt(Math.max(0, d)));
            }
        }
        return out;
    }

    private static double[][] unit(float[][] rows, double[] mean) {
        double[][] out = new double[rows.length][];
        for (int i = 0; i < rows.length; i++) {
            double[] r = new double[rows[i].length];
            double q = 0;
            for (int j = 0; j < r.length; j++) {
                r[j] = rows[i][j] - mean[j];
                q += r[j] * r[j];
            }
            q = Math.sqrt(q) + 1e-12;
            for (int j = 0; j < r.length; j++) r[j] /= q;
            out[i] = r;
        }
        return out;
    }

    private static double dot(double[] x, double[] y) {
        double s = 0;
        for (int i = 0; i < x.length; i++) s += x[i] * y[i];
        return s;
    }

    private static double nearest(double[] x, double[][] to) {
        double best = 1;
        for (double[] y : to) best = Math.min(best, 1 - dot(x, y));
        return Math.max(0, best);
    }

    private static double margin(float[] p) {
        double a = 0;
        double b = 0;
        for (float v : p) {
            if (v > a) {
                b = a;
                a = v;
            } else if (v > b) b = v;
        }
        return a - b;
    }

    private static double entropy(float[] p) {
        double h = 0;
        for (float v : p) if (v > 0) h -= v * Math.log(v);
        return h / Math.log(p.length);
    }
}
