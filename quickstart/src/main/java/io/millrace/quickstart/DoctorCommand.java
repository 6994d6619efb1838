package io.millrace.quickstart;

import io.millrace.quickstart.doctor.Doctor;
import io.millrace.quickstart.doctor.Finding;
import io.millrace.quickstart.doctor.Report;
import io.millrace.quickstart.doctor.Role;
import io.millrace.quickstart.doctor.Site;
import io.millrace.runtime.BadSettingsException;
import io.millrace.runtime.Settings;
import io.millrace.runtime.command.SettingsOptions;
import java.io.PrintWriter;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "doctor",
        description = {
            "Checks what a pipeline needs, before and during a run, and says what mends it; takes seconds.",
            "It exits with 1 when something fails, and writes to no topic."
        })
final class DoctorCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec = CommandSpec.create();

    @Mixin
    SettingsOptions options = new SettingsOptions();

    @Option(
            names = "--role",
            paramLabel = "ROLE",
            split = ",",
            description = "What runs here with these settings: ${COMPLETION-CANDIDATES}; several with commas"
                    + " (default: stream, trainer and predictor).")
    Set<Role> roles = EnumSet.noneOf(Role.class);

    @Option(names = "--json", description = "Prints JSON for programs.")
    boolean json;

    @Override
    public Integer call() throws InterruptedException {
        Report report = new Report(examine());
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(report.json());
        } else {
            out.print(report.text());
        }
        out.flush();
        return report.isHealthy() ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private List<Finding> examine() throws InterruptedException {
        Site site;
        try {
            Settings settings = options.settings(Site.declare(), Site.given(roles));
            site = Site.of(settings, roles, System.getenv(), options.asGiven(), InstantSource.system());
        } catch (BadSettingsException e) {
            return Doctor.badSettings(e.errors());
        }
        return Doctor.examine(site);
    }
}
