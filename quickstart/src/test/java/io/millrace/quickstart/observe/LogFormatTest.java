package io.millrace.quickstart.observe;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the processes write to stderr, as lines of text or of JSON. */
class LogFormatTest {
    private static final String VARIABLE = "MILLRACE_LOG_FORMAT";

    @Test
    void shouldWriteALineOfJsonForEachEventWhenAskedTo() throws Exception {
        List<String> lines = logged("json");

        assertThat(lines).hasSize(2);
        JsonNode first = new ObjectMapper().readTree(lines.get(0));
        assertThat(first.at("/level").asText()).isEqualTo("INFO");
        assertThat(first.at("/loggerName").asText()).isEqualTo("io.millrace.test");
        assertThat(first.at("/timestamp").isIntegralNumber()).isTrue();
        assertThat(first.at("/formattedMessage").asText()).isEqualTo("A \"frame\" of 3\nlines");
        assertThat(first.at("/kvpList/0/reason").asText()).isEqualTo("NOT_AVRO");
        assertThat(first.at("/kvpList/1/offset").asText()).isEqualTo("17");
        JsonNode second = new ObjectMapper().readTree(lines.get(1));
        assertThat(second.at("/throwable/message").asText()).isEqualTo("no \"space\" left");
    }

    @Test
    void shouldWriteTextOtherwise() throws Exception {
        assertThat(String.join("\n", logged(null)))
                .contains("INFO  io.millrace.test A \"frame\" of 3", "reason=\"NOT_AVRO\"");
        assertThat(logged("text")).first().asString().contains("INFO");
    }

    @Test
    void shouldSaySoWhenTheFormatIsNotKnown() throws Exception {
        assertThat(String.join("\n", logged("yaml"))).contains("logback-yaml.xml");
    }

    /** Configures as a process does and logs two events. */
    private static List<String> logged(String format) throws Exception {
        PrintStream before = System.err;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        LoggerContext context = new LoggerContext();
        context.setMDCAdapter(new LogbackMDCAdapter());
        try (PrintStream captured = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            System.setErr(captured);
            if (format != null) {
                System.setProperty(VARIABLE, format);
            }
            JoranConfigurator configurator = new JoranConfigurator();
            configurator.setContext(context);
            configurator.doConfigure(LogFormatTest.class.getResource("/logback.xml"));
            context.getLogger("io.millrace.test")
                    .atInfo()
                    .addKeyValue("reason", "NOT_AVRO")
                    .addKeyValue("offset", 17)
                    .log("A \"frame\" of {}\nlines", 3);
            context.getLogger("other").error("It failed", new IllegalStateException("no \"space\" left"));
            context.getStatusManager().getCopyOfStatusList().stream()
                    .filter(status -> status.getLevel() > 0)
                    .forEach(status -> captured.println(status.getMessage()));
        } finally {
            System.setErr(before);
            System.clearProperty(VARIABLE);
            context.stop();
        }
        return bytes.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
