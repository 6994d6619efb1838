package io.millrace.quickstart.doctor;

import io.millrace.quickstart.doctor.Finding.Fail;
import io.millrace.quickstart.doctor.Finding.Ok;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.TopicDescription;

/** The stream-app's own topics have the partitions that it needs: with others, Kafka Streams refuses to start. */
record InternalTopicsCheck(Site site, Cluster cluster) implements Check {
    @Override
    public String name() {
        return "topics.internal";
    }

    @Override
    public List<Finding> examine() throws InterruptedException {
        String frames = site.pipeline().topics().frames().name();
        String seen = site.stream().seenFramesTopic();
        List<String> names = new ArrayList<>(site.stream().topicsByFrame());
        names.addAll(List.of(seen, frames));
        Map<String, TopicDescription> there = cluster.describe(names).there();
        List<Finding> findings = new ArrayList<>();
        TopicDescription ofFrames = there.remove(frames);
        TopicDescription ofSeen = there.remove(seen);
        if (ofFrames != null && ofSeen != null) {
            findings.addAll(alike(ofFrames, ofSeen));
        }
        if (there.isEmpty() && findings.isEmpty()) {
            return List.of(new Ok(name(), "none yet, or not visible: the stream-app makes them at its first start"));
        }
        int wanted = site.stream().joinPartitions();
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

    /** What was seen in each partition of frames is kept in one of its own. */
    private List<Finding> alike(TopicDescription frames, TopicDescription seen) {
        int from = frames.partitions().size();
        int kept = seen.partitions().size();
        return from == kept
                ? List.of()
                : List.of(new Fail(
                        name(),
                        seen.name() + " has " + kept + " partitions, and " + frames.name() + " " + from
                                + ": Kafka Streams refuses to start",
                        site.remedies().grow(Math.max(from, kept))));
    }
}
