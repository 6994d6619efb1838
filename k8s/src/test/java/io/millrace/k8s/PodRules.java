package io.millrace.k8s;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What every pod must be like: restricted, bounded, and probed where the process answers. */
final class PodRules {
    static final int METRICS_PORT = 9464;
    private static final Long UID = 10001L;

    private final List<String> complaints = new ArrayList<>();

    private PodRules() {}

    /** What is wrong with the pods of a bundle. */
    static List<String> complaints(Bundle bundle) {
        PodRules rules = new PodRules();
        bundle.workloads().forEach(rules::check);
        return rules.complaints;
    }

    private void check(Workload workload) {
        PodSpec pod = workload.pod();
        expect(workload, Boolean.FALSE.equals(pod.getAutomountServiceAccountToken()), "has a service account token");
        // Variables such as STREAM_APP_PORT, which Kubernetes makes of a service, would be refused as unknown settings.
        expect(workload, Boolean.FALSE.equals(pod.getEnableServiceLinks()), "gets variables of services");
        expect(workload, pod.getHostNetwork() == null && pod.getHostPID() == null, "shares the host");
        expect(
                workload,
                "millrace".equals(workload.template().getMetadata().getLabels().get("app.kubernetes.io/part-of")),
                "is not part of millrace");
        checkPodSecurity(workload, pod.getSecurityContext());
        checkContainerSecurity(workload, workload.container().getSecurityContext());
        checkResources(workload, workload.container().getResources());
        checkVolumes(workload);
        if (workload.isOurs() && !workload.endsByItself()) {
            checkProbes(workload, workload.container());
        } else if (!workload.endsByItself()) {
            expect(workload, workload.container().getReadinessProbe() != null, "has no readiness probe");
        }
    }

    private void checkPodSecurity(Workload workload, PodSecurityContext security) {
        if (security == null) {
            complaints.add(workload.name() + " has no security context");
            return;
        }
        expect(workload, Boolean.TRUE.equals(security.getRunAsNonRoot()), "may run as root");
        Long user = security.getRunAsUser();
        expect(workload, user != null && (workload.isOurs() ? user.equals(UID) : user > 0), "runs as user " + user);
        expect(
                workload,
                security.getSeccompProfile() != null
                        && "RuntimeDefault".equals(security.getSeccompProfile().getType()),
                "has no seccomp profile");
        boolean volumes = workload.pod().getVolumes().stream().anyMatch(v -> v.getProjected() != null);
        expect(workload, !volumes || UID.equals(security.getFsGroup()), "cannot read its mounted files");
    }

    private void checkContainerSecurity(Workload workload, SecurityContext security) {
        if (security == null) {
            complaints.add(workload.name() + " has no security context in its container");
            return;
        }
        expect(workload, Boolean.FALSE.equals(security.getAllowPrivilegeEscalation()), "may gain privileges");
        expect(workload, security.getPrivileged() == null, "is privileged");
        expect(
                workload,
                security.getCapabilities() != null
                        && security.getCapabilities().getDrop().equals(List.of("ALL"))
                        && security.getCapabilities().getAdd().isEmpty(),
                "has capabilities");
        expect(
                workload,
                !workload.isOurs() || Boolean.TRUE.equals(security.getReadOnlyRootFilesystem()),
                "may write to its root file system");
    }

    private void checkResources(Workload workload, ResourceRequirements resources) {
        Map<String, Quantity> requests = resources.getRequests();
        Map<String, Quantity> limits = resources.getLimits();
        expect(workload, requests.containsKey("cpu"), "requests no processor");
        for (String bounded : List.of("memory", "ephemeral-storage")) {
            boolean both = requests.containsKey(bounded) && limits.containsKey(bounded);
            expect(workload, both, "does not bound its " + bounded);
            expect(
                    workload,
                    both
                            && requests.get(bounded)
                                            .getNumericalAmount()
                                            .compareTo(limits.get(bounded).getNumericalAmount())
                                    <= 0,
                    "requests more " + bounded + " than its limit");
        }
    }

    private void checkVolumes(Workload workload) {
        Set<String> volumes =
                workload.pod().getVolumes().stream().map(Volume::getName).collect(Collectors.toSet());
        volumes.addAll(workload.claims());
        List<VolumeMount> mounts = workload.container().getVolumeMounts();
        Set<String> mounted = mounts.stream().map(VolumeMount::getName).collect(Collectors.toSet());
        expect(workload, volumes.equals(mounted), "has volumes " + volumes + " and mounts " + mounted);
        for (Volume volume : workload.pod().getVolumes()) {
            expect(workload, volume.getHostPath() == null, "mounts the host's " + volume.getName());
            expect(
                    workload,
                    volume.getEmptyDir() == null || volume.getEmptyDir().getSizeLimit() != null,
                    "has no limit for " + volume.getName());
        }
        for (VolumeMount outer : mounts) {
            // A mount point cannot be made inside a volume that is mounted read-only.
            expect(
                    workload,
                    mounts.stream().noneMatch(inner -> inner.getMountPath().startsWith(outer.getMountPath() + "/")),
                    "mounts something below " + outer.getMountPath());
        }
        expect(
                workload,
                !workload.isOurs()
                        || mounts.stream()
                                .anyMatch(mount -> mount.getMountPath().equals("/tmp")),
                "has no /tmp, where native libraries are unpacked");
    }

    private void checkProbes(Workload workload, Container container) {
        expect(
                workload,
                container.getPorts().stream()
                        .anyMatch(port -> "metrics".equals(port.getName()) && port.getContainerPort() == METRICS_PORT),
                "has no port named metrics");
        checkProbe(workload, "startup", container.getStartupProbe(), "/livez");
        checkProbe(workload, "liveness", container.getLivenessProbe(), "/livez");
        checkProbe(workload, "readiness", container.getReadinessProbe(), "/readyz");
    }

    private void checkProbe(Workload workload, String kind, Probe probe, String path) {
        expect(
                workload,
                probe != null
                        && probe.getHttpGet() != null
                        && path.equals(probe.getHttpGet().getPath())
                        && "metrics".equals(probe.getHttpGet().getPort().getStrVal()),
                "has no " + kind + " probe on " + path);
    }

    private void expect(Workload workload, boolean right, String otherwise) {
        if (!right) {
            complaints.add(workload.name() + " " + otherwise);
        }
    }
}
