package io.millrace.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class MillraceTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "demo", "broker", "topics", "schemas", "acls", "stream", "trainer", "feed", "label", "watch", "doctor",
                "models"
            })
    void shouldExplainItselfWhenAskedForHelp(String command) {
        assertThat(run(command, "--help")).isZero();
        assertThat(out.toString()).contains("Usage: millrace " + command, "--set", "--config", "--bootstrap");
    }

    @Test
    void shouldListEveryCommandWhenAskedForHelp() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString())
                .contains(
                        "demo", "broker", "topics", "acls", "stream", "trainer", "feed", "label", "watch", "doctor",
                        "models");
    }

    @ParameterizedTest
    @ValueSource(strings = {"stream", "trainer"})
    void shouldPrintEverySettingWhenAsked(String command) {
        assertThat(run(command, "--print-config", "--set", "pipeline.topic.prefix=mine."))
                .isZero();
        assertThat(out.toString())
                .contains("| `pipeline.topic.prefix` |", "In use:", "pipeline.topic.prefix = mine.", command + ".");
    }

    @Test
    void shouldPrintOneAclALineWhenAskedForAcls() {
        assertThat(run("acls", "--principal-prefix", "User:x-", "--set", "stream.application.id=mine"))
                .isZero();
        assertThat(out.toString().lines())
                .hasSize(68)
                .contains("--add --allow-principal 'User:x-camera' --operation Write --topic 'millrace.frames'")
                .contains("--add --allow-principal 'User:x-stream-app' --operation Read --group 'mine'")
                .contains("--add --allow-principal 'User:x-operator' --operation Describe --cluster")
                .anyMatch(line -> line.endsWith("--transactional-id 'mine-' --resource-pattern-type prefixed"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "stream", "trainer", "feed", "watch", "models"})
    void shouldTellEveryErrorAndExitWith2WhenSettingsAreBad(String command) throws Exception {
        Path file = Files.writeString(
                directory.resolve("bad.properties"), "pipeline.http.port=99999\npipeline.topic.prefx=a.\n");

        int exit = run(command, "--config", file.toString(), "--set", "pipeline.classes=one");

        assertThat(exit).isEqualTo(2);
        assertThat(err.toString())
                .contains("3 error(s)")
                .contains("pipeline.http.port")
                .contains("unknown key pipeline.topic.prefx, did you mean pipeline.topic.prefix?")
                .contains("at least two different class names");
    }

    @Test
    void shouldTellErrorsOfBothProcessesAtOnceWhenTheDemoIsMisconfigured() {
        int exit = run("demo", "--method", "magic", "--set", "stream.threads=0", "--set", "trainer.sed=1");

        assertThat(exit).isEqualTo(2);
        assertThat(err.toString())
                .contains("stream.threads", "trainer.method", "trainer.sed, did you mean trainer.seed?");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "feed --rate fast",
                "feed --rate 0",
                "feed --sources 0",
                "feed --frames 0",
                "feed --drift sideways",
                "feed --encoding JPEG",
                "label --labels 2",
                "doctor --role dentist",
                "models promote 0000000001-000000000000",
                "demo --ahead 0",
                "demo --ahead 255",
                "demo --ahead 768 --set trainer.commit.interval.steps=193",
                "dance"
            })
    void shouldExitWith2WhenAnOptionIsBad(String arguments) {
        assertThat(run(arguments.split(" ", -1))).isEqualTo(2);
        assertThat(err.toString()).isNotBlank();
    }

    @Test
    void shouldMakeKeysThatTheTrainerTakes() throws Exception {
        Path file = directory.resolve("trainer.pem");

        assertThat(run("keys", "--signer", "trainer-1", "--out", file.toString()))
                .isZero();

        assertThat(Files.getPosixFilePermissions(file))
                .containsExactlyInAnyOrder(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
        assertThat(out.toString())
                .doesNotContain(Files.readString(file).lines().toList().get(1));
        Path settings = Files.writeString(directory.resolve("signed.properties"), out.toString());
        assertThat(run("trainer", "--print-config", "--config", settings.toString()))
                .isZero();
        assertThat(run("keys", "--signer", "trainer-1", "--out", file.toString()))
                .as("not overwritten")
                .isEqualTo(2);
        assertThat(run("keys", "--signer", "a b", "--out", file + "2")).isEqualTo(2);
    }

    @Test
    void shouldExitWith2WhenTheTrainerWouldSignWhatItsPipelineRefuses() throws Exception {
        run("keys", "--signer", "a", "--out", directory.resolve("a.pem").toString());
        run("keys", "--signer", "b", "--out", directory.resolve("b.pem").toString());
        List<String> trusted = out.toString()
                .lines()
                .filter(line -> line.startsWith("pipeline.trusted"))
                .toList();
        String file = "trainer.signing.key.file=" + directory.resolve("a.pem");

        for (String[] bad : new String[][] {
            {trusted.get(0)},
            {trusted.get(1), file, "trainer.signing.signer=a"},
            {trusted.get(1), file, "trainer.signing.signer=b"},
            {trusted.get(0), file, "trainer.signing.signer=a", "pipeline.revoked.signers=a"},
            {file},
            {"trainer.signing.key.file=" + directory.resolve("none.pem"), "trainer.signing.signer=a"},
        }) {
            Path settings = Files.write(directory.resolve("bad.properties"), List.of(bad));
            assertThat(run("trainer", "--print-config", "--config", settings.toString()))
                    .as(String.join(" ", bad))
                    .isEqualTo(2);
            assertThat(run(
                            "trainer",
                            "--print-config",
                            "--set",
                            "trainer.roles=predict",
                            "--config",
                            settings.toString()))
                    .as("a predictor needs no private key")
                    .isZero();
        }
        assertThat(err.toString()).contains("trainer.signing.key.file");
    }

    @Test
    void shouldRefuseOptionsThatStandBeforeASubcommandOfModels() {
        for (String subcommand : List.of("list", "promote 0000000001-000000000000 --reason worse")) {
            List<String> arguments = new ArrayList<>(List.of("models", "--bootstrap", "127.0.0.1:1"));
            arguments.addAll(List.of(subcommand.split(" ", -1)));

            assertThat(run(arguments.toArray(String[]::new))).isEqualTo(2);
        }
        assertThat(err.toString())
                .contains("options go behind the subcommand: models promote", "behind the subcommand: models list");
    }

    private int run(String... arguments) {
        CommandLine commandLine =
                Millrace.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return commandLine.execute(arguments);
    }
}
