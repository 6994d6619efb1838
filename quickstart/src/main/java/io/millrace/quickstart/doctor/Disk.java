package io.millrace.quickstart.doctor;

import io.millrace.quickstart.doctor.Finding.Fail;
import io.millrace.quickstart.doctor.Finding.Ok;
import io.millrace.quickstart.doctor.Finding.Skip;
import io.millrace.quickstart.doctor.Finding.Warn;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What is said of disks. */
final class Disk {
    /** A few checkpoints. */
    private static final long TOO_LITTLE_MIB = 256;
    /** Stores of some days, and some hundred versions. */
    private static final long LITTLE_MIB = 2_048;

    private Disk() {}

    /** Why a file could not be written, in words. */
    static String reason(IOException failure) {
        if (failure instanceof AccessDeniedException denied) {
            return "permission denied for " + denied.getFile();
        }
        if (failure instanceof FileAlreadyExistsException file) {
            return file.getFile() + " is a file";
        }
        return failure instanceof FileSystemException system && system.getReason() != null
                ? system.getReason()
                : Failures.reason(failure);
    }

    /** How much room is left. */
    static Finding space(String check, Path path) {
        try {
            return space(check, path, Files.getFileStore(path).getUsableSpace() >> 20);
        } catch (IOException e) {
            return new Skip(check, "the system does not tell the free space of " + path);
        }
    }

    static Finding space(String check, Path path, long freeMib) {
        String found = freeMib + " MiB are free under " + path;
        String remedy = "free some of the disk behind it, `df -h " + path + "`, or use another one";
        if (freeMib < TOO_LITTLE_MIB) {
            return new Fail(check, found, remedy);
        }
        return freeMib < LITTLE_MIB ? new Warn(check, found, remedy) : new Ok(check, found);
    }
}
