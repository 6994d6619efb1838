package io.millrace.quickstart.doctor;

import io.millrace.quickstart.doctor.Finding.Ok;
import io.millrace.quickstart.doctor.Finding.Skip;
import io.millrace.quickstart.doctor.Finding.Warn;
import io.millrace.schemas.Groups;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;

/** How far behind the consumers are, transaction markers counted in: a look, not a judgement. */
record GroupsCheck(Site site, Cluster cluster) implements Check {
    @Override
    public String name() {
        return "groups";
    }

    @Override
    public List<Finding> examine() throws InterruptedException {
        Groups groups = new Groups(site.pipeline().topicPrefix());
        List<Finding> findings = new ArrayList<>();
        for (String group : List.of(site.stream().applicationId(), groups.trainer(), groups.predictor())) {
            findings.add(ofGroup(group, group.equals(groups.trainer())));
        }
        return findings;
    }

    private Finding ofGroup(String group, boolean isTrainer) throws InterruptedException {
        Map<TopicPartition, OffsetAndMetadata> committed;
        try {
            committed =
                    Cluster.get(cluster.admin().listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata(group));
        } catch (GroupIdNotFoundException e) {
            return new Skip(name(), group + " has never run");
        } catch (AuthorizationException e) {
            return new Skip(name(), group + " is not visible to this principal");
        }
        if (committed.isEmpty()) {
            return new Skip(name(), group + " has committed nothing yet");
        }
        long behind = behind(committed);
        long backlog = site.trainer().intake().maxBacklog();
        if (isTrainer && behind > backlog) {
            return new Warn(
                    name(),
                    group + " is " + behind + " behind: beyond " + backlog + " unlabeled frames are shed",
                    Remedies.set("trainer.frames.per.step", 2 * site.trainer().framesPerStep()));
        }
        return new Ok(name(), group + " is " + behind + " behind");
    }

    private long behind(Map<TopicPartition, OffsetAndMetadata> committed) throws InterruptedException {
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        committed.keySet().forEach(partition -> ends.put(partition, OffsetSpec.latest()));
        Map<TopicPartition, ListOffsetsResultInfo> latest =
                Cluster.get(cluster.admin().listOffsets(ends).all());
        long behind = 0;
        for (Map.Entry<TopicPartition, OffsetAndMetadata> entry : committed.entrySet()) {
            ListOffsetsResultInfo end = latest.get(entry.getKey());
            if (end != null && entry.getValue() != null) {
                behind += Math.max(0, end.offset() - entry.getValue().offset());
            }
        }
        return behind;
    }
}
