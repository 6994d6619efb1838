package io.millrace.quickstart;

import io.millrace.runtime.signing.SigningKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The key pair of a demo: made once in its directory, so that the demo signs and verifies as a real pipeline does. */
final class DemoKeys {
    private static final String SIGNER = "demo";

    private DemoKeys() {}

    /** The settings that sign and verify with the keys of a directory; they are made when there are none. */
    static Map<String, String> in(Path directory) throws IOException {
        Path privateKey = directory.resolve("keys").resolve(SIGNER + ".pem");
        Path publicKey = directory.resolve("keys").resolve(SIGNER + ".pub");
        if (!Files.exists(publicKey)) { // written last, so both are there when it is
            Files.createDirectories(privateKey.getParent());
            Files.deleteIfExists(privateKey);
            Files.writeString(publicKey, SigningKey.make(privateKey));
        }
        return Map.of(
                "trainer.signing.key.file",
                privateKey.toString(),
                "trainer.signing.signer",
                SIGNER,
                "pipeline.trusted.signers",
                SIGNER + ":" + Files.readString(publicKey));
    }
}
