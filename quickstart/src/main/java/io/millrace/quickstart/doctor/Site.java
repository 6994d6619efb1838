package io.millrace.quickstart.doctor;

import io.millrace.runtime.BadSettingsException;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.Settings;
import io.millrace.stream.StreamSettings;
import io.millrace.trainer.TrainerSettings;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.ConfigDef;

/**
 * What is examined: the settings as the processes would read them, on this machine.
 *
 * @param pipeline settings that all processes share; its clients give up after seconds
 * @param stream settings of the stream-app
 * @param trainer settings of the trainer
 * @param roles what shall run here; {@link #USUAL} unless it was said
 * @param rolesWereSaid whether it was
 * @param environment variables of the processes
 * @param remedies how commands are spelled for this pipeline
 * @param clock for what waits
 */
public record Site(
        PipelineSettings pipeline,
        StreamSettings stream,
        TrainerSettings trainer,
        Set<Role> roles,
        boolean rolesWereSaid,
        Map<String, String> environment,
        Remedies remedies,
        InstantSource clock) {
    /**
     * Settings that make Kafka clients give up soon: a doctor that waits as patiently as the pipeline tells nothing. They
     * come before what {@code --set} says.
     */
    private static final Map<String, String> IMPATIENT = Map.of(
            "kafka.default.api.timeout.ms", "5000",
            "kafka.request.timeout.ms", "4000",
            "kafka.socket.connection.setup.timeout.ms", "2000",
            "kafka.socket.connection.setup.timeout.max.ms", "4000");

    private static final Set<Role> USUAL = Set.of(Role.STREAM, Role.TRAINER, Role.PREDICTOR);

    public Site {
        roles = Set.copyOf(roles);
        environment = Map.copyOf(environment);
    }

    /** What goes without saying: short time-outs, and of a trainer process only the roles that were said. */
    public static Map<String, String> given(Set<Role> roles) {
        Map<String, String> given = new HashMap<>(IMPATIENT);
        if (!roles.isEmpty()) {
            boolean trains = roles.contains(Role.TRAINER);
            given.put(
                    "trainer.roles", !trains ? "predict" : roles.contains(Role.PREDICTOR) ? "train,predict" : "train");
        }
        return given;
    }

    /** Every key of every process. */
    public static ConfigDef declare() {
        ConfigDef declared = StreamSettings.declare();
        Set<String> known = Set.copyOf(declared.names());
        TrainerSettings.declare().configKeys().values().stream()
                .filter(key -> !known.contains(key.name))
                .forEach(declared::define);
        return declared;
    }

    /**
     * A site with these settings.
     *
     * @param settings of the keys that {@link #declare} names
     * @param roles what shall run here; none for the usual
     * @param environment variables of the processes
     * @param options the options behind the settings, each with a space before it
     * @throws BadSettingsException when the settings do not go together
     */
    public static Site of(
            Settings settings, Set<Role> roles, Map<String, String> environment, String options, InstantSource clock) {
        PipelineSettings pipeline = PipelineSettings.from(settings);
        return new Site(
                pipeline,
                StreamSettings.from(settings),
                TrainerSettings.from(settings),
                roles.isEmpty() ? USUAL : roles,
                !roles.isEmpty(),
                environment,
                new Remedies(pipeline.kafka(), options),
                clock);
    }

    /** True when one of these shall run here. */
    boolean runs(Role... any) {
        return Arrays.stream(any).anyMatch(roles::contains);
    }
}
