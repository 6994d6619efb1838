package io.millrace.quickstart;

import io.millrace.runtime.signing.SigningKey;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "keys",
        description =
                "Makes a key pair that signs models and checkpoints: writes the private key to a file that only its"
                        + " owner can read, and prints the settings.")
final class KeysCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--signer",
            required = true,
            description = "Name of the signer: 1 to 64 letters, digits, dots, underscores or dashes.")
    String signer = "";

    @Option(
            names = "--out",
            paramLabel = "FILE",
            required = true,
            description = "File for the private key; one that is there is not overwritten.")
    Path file = Path.of("");

    @Override
    public Integer call() throws IOException {
        if (!signer.matches(SigningKey.SIGNER)) {
            throw new ParameterException(
                    spec.commandLine(), "--signer: expected " + SigningKey.SIGNER + ", got " + signer);
        }
        String publicKey;
        try {
            publicKey = SigningKey.make(file);
        } catch (FileAlreadyExistsException e) {
            throw new ParameterException(spec.commandLine(), "--out: " + file + " is there already", e);
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println("# the trainer, which alone gets the file:");
        out.println("trainer.signing.key.file=" + file);
        out.println("trainer.signing.signer=" + signer);
        out.println("# every process:");
        out.println("pipeline.trusted.signers=" + signer + ":" + publicKey);
        out.flush();
        return 0;
    }
}
