package io.millrace.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.Settings;
import io.millrace.stream.StreamSettings;
import io.millrace.trainer.TrainerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Test;

/** Keeps docs/SETTINGS.md what the definitions say. */
class SettingsPageTest {
    private static final Path PAGE = Path.of("..", "docs", "SETTINGS.md");
    private static final String WRITE = "millrace.write.docs";
    private static final String COMMAND = "./mvnw -pl quickstart -am test -Dtest=SettingsPageTest"
            + " -Dsurefire.failIfNoSpecifiedTests=false -D" + WRITE + "=true";

    @Test
    void shouldSayWhatTheDefinitionsSay() throws IOException {
        String page = page();
        if (Boolean.getBoolean(WRITE)) {
            Files.writeString(PAGE, page);
        }

        assertThat(PAGE)
                .as("docs/SETTINGS.md is stale; write it anew with: " + COMMAND)
                .hasContent(page);
    }

    @Test
    void shouldNameEveryKeyOnce() {
        for (ConfigDef declared : new ConfigDef[] {StreamSettings.declare(), TrainerSettings.declare()}) {
            assertThat(declared.names()).allSatisfy(key -> assertThat(page()).containsOnlyOnce("| `" + key + "` |"));
        }
    }

    private static String page() {
        ConfigDef pipeline = PipelineSettings.declareIn(new ConfigDef());
        return """
                # Settings

                Generated from the definitions in the code; `SettingsPageTest` fails when this page is stale. To write it anew:

                    %s

                A later source overrides an earlier one: default, `--config FILE`, environment variable, `--set KEY=VALUE`. The
                variable of a key is the key in capitals with underscores: `TRAINER_METHOD` for `trainer.method`. Keys that start
                with `kafka.` go to every Kafka client without that prefix; `kafka.bootstrap.servers` is `127.0.0.1:9092` unless
                given. `./millrace stream --print-config` and `./millrace trainer --print-config` print the values in use.

                ## Every process

                Processes of one pipeline must agree on these, except where they listen.

                %s
                ## Stream-app

                %s
                ## Trainer

                %s""".formatted(
                        COMMAND,
                        Settings.describe(pipeline),
                        Settings.describe(without(pipeline.names(), StreamSettings.declare())),
                        Settings.describe(without(pipeline.names(), TrainerSettings.declare())));
    }

    private static ConfigDef without(Set<String> keys, ConfigDef declared) {
        ConfigDef own = new ConfigDef();
        declared.configKeys().values().stream()
                .filter(key -> !keys.contains(key.name))
                .forEach(own::define);
        return own;
    }
}
