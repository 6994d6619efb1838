package io.millrace.k8s;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What runs pods.
 *
 * @param replicas as written; null when somebody else decides
 * @param claims names of the volumes that each pod has for itself
 */
record Workload(String kind, String name, @Nullable Integer replicas, PodTemplateSpec template, List<String> claims) {
    static Optional<Workload> of(Manifest manifest) {
        String kind = manifest.kind();
        String name = manifest.name();
        if (manifest.model() instanceof Deployment deployment) {
            var spec = deployment.getSpec();
            return Optional.of(new Workload(kind, name, spec.getReplicas(), spec.getTemplate(), List.of()));
        }
        if (manifest.model() instanceof StatefulSet set) {
            List<String> claims = set.getSpec().getVolumeClaimTemplates().stream()
                    .map(PersistentVolumeClaim::getMetadata)
                    .map(meta -> meta.getName())
                    .toList();
            return Optional.of(new Workload(
                    kind, name, set.getSpec().getReplicas(), set.getSpec().getTemplate(), claims));
        }
        if (manifest.model() instanceof Job job) {
            return Optional.of(new Workload(kind, name, 1, job.getSpec().getTemplate(), List.of()));
        }
        if (manifest.model() instanceof CronJob cron) {
            var spec = cron.getSpec().getJobTemplate().getSpec();
            return Optional.of(new Workload(kind, name, 1, spec.getTemplate(), List.of()));
        }
        return Optional.empty();
    }

    PodSpec pod() {
        return template.getSpec();
    }

    /** The only container of the pod. */
    Container container() {
        if (pod().getContainers().size() != 1 || !pod().getInitContainers().isEmpty()) {
            throw new IllegalArgumentException(name + ": expected one container");
        }
        return pod().getContainers().get(0);
    }

    /** Name of the image without its tag. */
    String image() {
        return container().getImage().split(":", 2)[0];
    }

    boolean isOurs() {
        return image().startsWith("millrace/");
    }

    boolean endsByItself() {
        return kind.equals("Job") || kind.equals("CronJob");
    }
}
