package io.millrace.quickstart.doctor;

import io.millrace.quickstart.doctor.Finding.Fail;
import io.millrace.quickstart.doctor.Finding.Ok;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.TopicDescription;

/** The stream-app's own topics by frame id have the partitions that it was told: they are fixed once it has run. */
record InternalTopicsCheck(Site site, Cluster cluster) implements Check {
    private static final Set<String> BY_FRAME = Set.of("frame-references", "labels-by-frame", "predictions-by-frame");

    @Override
    public String name() {
        return "topics.internal";
    }

    @Override
    public List<Finding> examine() throws InterruptedException {
        Collection<String> names = BY_FRAME.stream()
                .map(name -> site.stream().applicationId() + "-" + name + "-repartition")
                .sorted()
                .toList();
        Map<String, TopicDescription> there = cluster.describe(names).there();
        if (there.isEmpty()) {
            return List.of(new Ok(name(), "none yet, or not visible: the stream-app makes them at its first start"));
        }
        int wanted = site.stream().joinPartitions();
        List<Finding> findings = new ArrayList<>();
        there.forEach((name, topic) -> {
            int partitions = topic.partitions().size();
            if (partitions != wanted) {
                findings.add(new Fail(
                        name(),
                        name + " has " + partitions + " partitions, and stream.join.partitions=" + wanted,
                        Remedies.set("stream.join.partitions", partitions)));
            }
        });
        return findings.isEmpty() ? List.of(new Ok(name(), wanted + " partitions by frame id")) : findings;
    }
}
