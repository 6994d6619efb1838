package io.millrace.quickstart.doctor;

import io.millrace.quickstart.doctor.Finding.Fail;
import io.millrace.quickstart.doctor.Finding.Ok;
import io.millrace.trainer.model.Compute;
import java.util.List;

/** The tensor engine loads, and the device that is asked for is there. */
record DeviceCheck(String device) implements Check {
    @Override
    public String name() {
        return "device";
    }

    @Override
    public List<Finding> examine() {
        try (Compute compute = Compute.open(device, 1)) {
            return List.of(new Ok(name(), "the engine is loaded, tensors live on " + compute.deviceName()));
        } catch (IllegalArgumentException e) {
            return List.of(new Fail(name(), Failures.reason(e), Remedies.set("trainer.device", "auto")));
        } catch (RuntimeException | LinkageError e) {
            return List.of(new Fail(
                    name(),
                    "the tensor engine does not load: " + Failures.reason(e),
                    "run on Linux x86-64 with glibc, and with " + System.getProperty("user.home")
                            + "/.djl.ai writable (or DJL_CACHE_DIR elsewhere)"));
        }
    }
}
