package io.millrace.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.quickstart.Commands.Result;
import io.millrace.quickstart.broker.EmbeddedBroker;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The doctor before a broker that asks for a login and grants nothing by itself. The way in without a login is the operator's. */
class DoctorPermissionsIT {
    private static final String LOGIN =
            "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\";";

    @TempDir
    private static Path directory;

    private static EmbeddedBroker broker;
    private static String withLogin;
    private static String operators;

    @BeforeAll
    static void start() throws Exception {
        int open = Commands.freePort();
        int login = Commands.freePort();
        int controller = Commands.freePort();
        String at = "://127.0.0.1:";
        Map<String, String> settings = Map.of(
                "listeners", "OPEN" + at + open + ",LOGIN" + at + login + ",CONTROLLER" + at + controller,
                "listener.security.protocol.map", "OPEN:PLAINTEXT,LOGIN:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
                "controller.quorum.voters", "1@127.0.0.1:" + controller,
                "inter.broker.listener.name", "OPEN",
                "listener.name.login.sasl.enabled.mechanisms", "PLAIN",
                "listener.name.login.plain.sasl.jaas.config",
                        "org.apache.kafka.common.security.plain.PlainLoginModule required user_predictor=\"right\";",
                "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                "super.users", "User:ANONYMOUS");
        broker = EmbeddedBroker.start(directory.resolve("broker"), open, settings);
        operators = "127.0.0.1:" + open;
        withLogin = "127.0.0.1:" + login;
        Commands.succeed(List.of("topics", "--bootstrap", operators));
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void shouldTellAWrongPassword() {
        Result result = doctor(LOGIN.formatted("predictor", "wrong"));

        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.out())
                .contains("fail  broker              the broker refuses the login: Authentication failed")
                .contains("-> put the right user and password into kafka.sasl.jaas.config")
                .doesNotContain("wrong\"");
    }

    @Test
    void shouldTellThatALoginIsAskedForWhenThereIsNone() {
        Result result = Commands.run(List.of("doctor", "--role", "camera", "--bootstrap", withLogin));

        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.out())
                .contains("fail  broker              the port is open, and no broker answers there in PLAINTEXT")
                .contains("if it asks for a login, --set kafka.security.protocol=SASL_SSL");
    }

    @Test
    void shouldNameEveryPermissionThatIsLackingAndPassOnceItIsGranted() {
        Result before = doctor(LOGIN.formatted("predictor", "right"));

        assertThat(before.exit()).isEqualTo(1);
        assertThat(before.out())
                .contains("ok    broker ")
                .contains("fail  permissions         this principal may not: READ on group millrace.predictor,")
                .contains("READ on topic millrace.accepted-frames", "WRITE on topic millrace.predictions")
                .contains("WRITE on transactional_id millrace.predictor-*")
                .contains("-> ./millrace acls --apply --bootstrap " + withLogin)
                .contains("as a principal that may alter ACLs");

        Commands.succeed(List.of("acls", "--apply", "--bootstrap", operators));
        Result after = doctor(LOGIN.formatted("predictor", "right"));
        for (int turn = 0; after.exit() != 0 && turn < 20; turn++) { // a broker takes up ACLs a moment after the answer
            after = doctor(LOGIN.formatted("predictor", "right"));
        }

        assertThat(after.out())
                .contains("ok    permissions         this principal may do what its roles need")
                .contains("not visible to this principal", "ok    champion            none yet")
                .contains("0 failed");
        assertThat(after.exit()).isZero();
    }

    private static Result doctor(String login) {
        List<String> arguments = new ArrayList<>(List.of("doctor", "--role", "predictor", "--bootstrap", withLogin));
        List.of(
                        "kafka.security.protocol=SASL_PLAINTEXT",
                        "kafka.sasl.mechanism=PLAIN",
                        "kafka.sasl.jaas.config=" + login,
                        "pipeline.blob.store=file:" + directory.resolve("blobs"))
                .forEach(setting -> arguments.addAll(List.of("--set", setting)));
        return Commands.run(arguments);
    }
}
