package io.millrace.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.quickstart.Commands.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

/** What {@code doctor --json} said of each check. */
record Diagnosis(JsonNode findings) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Reads it, and checks that the exit code goes with it. */
    static Diagnosis of(Result result) {
        JsonNode report;
        try {
            report = JSON.readTree(result.out());
        } catch (JsonProcessingException e) {
            throw new AssertionError(result.out() + result.err(), e);
        }
        Diagnosis diagnosis = new Diagnosis(report.path("findings"));
        assertThat(result.exit()).isEqualTo(diagnosis.names("fail").isEmpty() ? 0 : 1);
        assertThat(report.path("healthy").asBoolean()).isEqualTo(result.exit() == 0);
        return diagnosis;
    }

    String failed(String check) {
        return said(check, "fail");
    }

    String said(String check, String verdict) {
        StringBuilder text = new StringBuilder();
        of(check, verdict)
                .forEach(one -> text.append(one.path("found").asText())
                        .append(" -> ")
                        .append(one.path("remedy").asText())
                        .append('\n'));
        assertThat(text).as("%s of %s in %s", verdict, check, findings).isNotEmpty();
        return text.toString();
    }

    List<String> remedies(String check) {
        return of(check, "fail").stream()
                .map(one -> one.path("remedy").asText())
                .toList();
    }

    String verdict(String check) {
        return StreamSupport.stream(findings.spliterator(), false)
                .filter(one -> one.path("check").asText().equals(check))
                .map(one -> one.path("verdict").asText())
                .findFirst()
                .orElse("nothing");
    }

    List<String> names(String verdict) {
        return StreamSupport.stream(findings.spliterator(), false)
                .filter(one -> one.path("verdict").asText().equals(verdict))
                .map(one -> one.path("check").asText())
                .toList();
    }

    private List<JsonNode> of(String check, String verdict) {
        return StreamSupport.stream(findings.spliterator(), false)
                .filter(one -> one.path("check").asText().equals(check))
                .filter(one -> one.path("verdict").asText().equals(verdict))
                .toList();
    }

    /** The settings, {@code key=value}, that a remedy names. */
    static String[] settingsIn(String remedy) {
        List<String> settings = new ArrayList<>();
        List<String> words = Commands.words(remedy.replace("\n", " ").replace(", or", " or"));
        for (int i = 0; i + 1 < words.size(); i++) {
            if (words.get(i).equals("--set")) {
                settings.add(words.get(i + 1));
            }
        }
        assertThat(settings).as(remedy).isNotEmpty();
        return settings.toArray(String[]::new);
    }

    /** Our own command that a remedy names. */
    static List<String> ourCommandIn(String remedy) {
        String command = remedy.substring(remedy.indexOf("./millrace ") + "./millrace ".length());
        return Commands.words(command.lines().findFirst().orElseThrow());
    }
}
