package io.millrace.docker;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a Dockerfile says, as far as ours goes: stages with their instructions, continuation lines joined, comments left
 * out, arguments not filled in.
 */
final class Dockerfile {
    /** One instruction, such as {@code USER} with {@code 10001:10001}. */
    record Instruction(String name, String arguments) {}

    /** One stage: what it starts from and what follows. */
    record Stage(String name, String from, List<Instruction> instructions) {}

    private final Map<String, Stage> stages = new LinkedHashMap<>();

    Dockerfile(String text) {
        String joined = text.replaceAll("(?m)^\\s*#.*\\n", "").replaceAll("\\\\\\n\\s*", " ");
        Stage stage = new Stage("", "", new ArrayList<>());
        for (String line : joined.lines().filter(line -> !line.isBlank()).toList()) {
            String[] words = line.trim().split("\\s+", 2);
            if (words[0].equals("FROM")) {
                String[] from = words[1].split("\\s+");
                stage = new Stage(from[2], from[0], new ArrayList<>());
                stages.put(stage.name(), stage);
            } else {
                stage.instructions().add(new Instruction(words[0], words[1].trim()));
            }
        }
    }

    Map<String, Stage> stages() {
        return stages;
    }

    /** Every instruction that a stage has or inherits, in order. */
    List<Instruction> all(String stage) {
        Stage own = stages.get(stage);
        List<Instruction> all = new ArrayList<>();
        if (own != null) {
            all.addAll(all(own.from()));
            all.addAll(own.instructions());
        }
        return all;
    }

    /** Arguments of the last instruction of a kind, or an empty string. */
    String last(String stage, String instruction) {
        return all(stage).stream()
                .filter(each -> each.name().equals(instruction))
                .reduce((first, second) -> second)
                .map(Instruction::arguments)
                .orElse("");
    }

    /** The environment that a stage sets. */
    Map<String, String> environment(String stage) {
        Map<String, String> environment = new TreeMap<>();
        for (Instruction each : all(stage)) {
            if (each.name().equals("ENV")) {
                for (String assignment : each.arguments().split("\\s+")) {
                    String[] sides = assignment.split("=", 2);
                    environment.put(sides[0], sides[1]);
                }
            }
        }
        return environment;
    }

    /** Words of an exec form: {@code ["a", "b"]}. */
    static List<String> words(String execForm) {
        List<String> words = new ArrayList<>();
        String[] parts = execForm.split("\"", -1);
        for (int i = 1; i < parts.length; i += 2) {
            words.add(parts[i]);
        }
        return words;
    }
}
