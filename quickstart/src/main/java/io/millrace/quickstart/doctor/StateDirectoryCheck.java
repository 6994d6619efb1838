package io.millrace.quickstart.doctor;

import io.millrace.quickstart.doctor.Finding.Fail;
import io.millrace.quickstart.doctor.Finding.Ok;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The directory of the stream-app's stores can be written. */
record StateDirectoryCheck(String directory) implements Check {
    @Override
    public String name() {
        return "state.dir";
    }

    @Override
    public List<Finding> examine() {
        Path path = Path.of(directory).toAbsolutePath();
        try {
            Files.delete(Files.createTempFile(Files.createDirectories(path), "doctor-", ".probe"));
        } catch (IOException e) {
            return List.of(new Fail(
                    name(),
                    path + " cannot be written: " + Disk.reason(e),
                    Remedies.set("stream.state.dir", "DIR") + " with a directory that this user may write"));
        }
        return List.of(new Ok(name(), path + " can be written"), Disk.space(name() + ".space", path));
    }
}
