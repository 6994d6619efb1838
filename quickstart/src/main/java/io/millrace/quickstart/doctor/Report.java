package io.millrace.quickstart.doctor;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.quickstart.doctor.Finding.Fail;
import io.millrace.quickstart.doctor.Finding.Warn;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Findings as text or JSON.
 *
 * @param findings in the order of the checks
 */
public record Report(List<Finding> findings) {
    public Report {
        findings = List.copyOf(findings);
    }

    /** True when nothing fails. */
    public boolean isHealthy() {
        return findings.stream().noneMatch(Fail.class::isInstance);
    }

    /** A line each, and one for the remedy where there is one; the last line counts. */
    public String text() {
        StringBuilder text = new StringBuilder();
        for (Finding finding : findings) {
            text.append(
                    String.format(Locale.ROOT, "%-5s %-19s %s%n", verdict(finding), finding.check(), finding.found()));
            String remedy = remedy(finding);
            if (remedy != null) {
                text.append(String.format(Locale.ROOT, "%25s -> %s%n", "", remedy));
            }
        }
        long failed = findings.stream().filter(Fail.class::isInstance).count();
        long warned = findings.stream().filter(Warn.class::isInstance).count();
        return text + String.format(Locale.ROOT, "%d failed, %d warned%n", failed, warned);
    }

    /** The same for programs: {@code {"healthy": ..., "findings": [{"check", "verdict", "found", "remedy"}]}}. */
    public String json() {
        ObjectMapper json = new ObjectMapper();
        ObjectNode root = json.createObjectNode().put("healthy", isHealthy());
        ArrayNode list = root.putArray("findings");
        for (Finding finding : findings) {
            list.addObject()
                    .put("check", finding.check())
                    .put("verdict", verdict(finding))
                    .put("found", finding.found())
                    .put("remedy", remedy(finding));
        }
        return root.toPrettyString();
    }

    private static String verdict(Finding finding) {
        return finding.getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }

    private static @Nullable String remedy(Finding finding) {
        if (finding instanceof Warn warn) {
            return warn.remedy();
        }
        return finding instanceof Fail fail ? fail.remedy() : null;
    }
}
