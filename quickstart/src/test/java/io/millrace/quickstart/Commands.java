package io.millrace.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs commands of the command line in this process. */
final class Commands {
    private static final Pattern WORD = Pattern.compile("(?:[^\\s']|'[^']*')+");

    private Commands() {}

    /** What a command said, and its exit code. */
    record Result(int exit, String out, String err) {}

    static Result run(List<String> arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exit = Millrace.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments.toArray(String[]::new));
        return new Result(exit, out.toString(), err.toString());
    }

    /** Runs a command that must succeed. */
    static String succeed(List<String> arguments) {
        Result result = run(arguments);
        assertThat(result.exit())
                .as("%s%n%s%s", arguments, result.out(), result.err())
                .isZero();
        return result.out();
    }

    /** Words of a command line as a shell would split them; knows single quotes. */
    static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        for (Matcher word = WORD.matcher(line); word.find(); ) {
            words.add(word.group().replace("'", ""));
        }
        return words;
    }

    /** A port on which nothing listens now. */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
