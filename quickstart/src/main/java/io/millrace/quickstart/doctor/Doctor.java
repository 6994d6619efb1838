package io.millrace.quickstart.doctor;

import io.millrace.quickstart.doctor.Finding.Fail;
import io.millrace.quickstart.doctor.Finding.Ok;
import io.millrace.quickstart.doctor.Finding.Skip;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks at everything that the pipeline needs, from this machine and with these settings. Two rounds, each side by side:
 * what stands by itself, then what only the broker can tell.
 */
public final class Doctor {
    /** For each of the two rounds. */
    static final Duration ROUND = Duration.ofSeconds(13);

    private Doctor() {}

    /** Examines; takes less than half a minute, whatever answers or does not. */
    public static List<Finding> examine(Site site) throws InterruptedException {
        List<Finding> findings = new ArrayList<>();
        findings.add(new Ok(
                "settings",
                "topics " + site.pipeline().topicPrefix() + "*, samples of "
                        + site.pipeline().frameShape() + ", "
                        + site.pipeline().classes().size() + " classes"));
        try (Rounds rounds = new Rounds()) {
            findings.addAll(rounds.make(ROUND, standingAlone(site)));
            boolean reached = findings.stream()
                    .noneMatch(finding ->
                            finding instanceof Fail && finding.check().equals(ConnectionCheck.NAME));
            if (reached) {
                try (Cluster cluster = new Cluster(site.pipeline())) {
                    findings.addAll(rounds.make(ROUND, onTheBroker(site, cluster)));
                }
            } else {
                findings.add(new Skip("topics", "and all else that the broker knows: it was not reached"));
            }
        }
        return findings;
    }

    /** What settings that cannot be used are told as; nothing else is looked at. */
    public static List<Finding> badSettings(List<String> errors) {
        List<Finding> findings = new ArrayList<>();
        errors.forEach(error ->
                findings.add(new Fail("settings", error, "correct it; docs/SETTINGS.md has every key and its range")));
        findings.add(new Skip("everything else", "the settings come first"));
        return findings;
    }

    private static List<Check> standingAlone(Site site) {
        List<Check> checks = new ArrayList<>();
        checks.add(new HostCheck(site, HostCheck.thisHost()));
        checks.add(new PortCheck(site.pipeline().httpHost(), site.pipeline().httpPort()));
        if (site.runs(Role.STREAM)) {
            checks.add(new StateDirectoryCheck(site.stream().stateDir()));
        }
        if (site.runs(Role.STREAM, Role.TRAINER, Role.PREDICTOR)) {
            checks.add(new BlobCheck(site.pipeline(), site.runs(Role.TRAINER)));
        }
        if (site.runs(Role.TRAINER, Role.PREDICTOR)) {
            checks.add(new DeviceCheck(site.trainer().learn().device()));
        }
        checks.add(new RegistryCheck(site.pipeline(), site.remedies()));
        checks.add(new ConnectionCheck(site));
        return checks;
    }

    private static List<Check> onTheBroker(Site site, Cluster cluster) {
        List<Check> checks = new ArrayList<>();
        checks.add(new BrokerCheck(site, cluster));
        checks.add(new TopicsCheck(site, cluster));
        checks.add(new InternalTopicsCheck(site, cluster));
        checks.add(new PermissionsCheck(site, cluster));
        checks.add(new ClockCheck());
        if (site.runs(Role.TRAINER, Role.PREDICTOR)) {
            checks.add(new ModelsCheck(site));
        }
        checks.add(new GroupsCheck(site, cluster));
        return checks;
    }
}
