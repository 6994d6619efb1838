package io.millrace.quickstart.doctor;

import io.millrace.quickstart.doctor.Cluster.Known;
import io.millrace.quickstart.doctor.Finding.Fail;
import io.millrace.quickstart.doctor.Finding.Ok;
import io.millrace.quickstart.doctor.Finding.Warn;
import io.millrace.schemas.Permissions;
import io.millrace.schemas.Permissions.Grant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;

/**
 * Whether this principal may do what the roles need, as the broker itself says. It says it of topics and groups that are
 * there; of a transactional id it shows only whether it can be seen.
 */
record PermissionsCheck(Site site, Cluster cluster) implements Check {
    private static final String PROBE = "doctor";

    @Override
    public String name() {
        return "permissions";
    }

    @Override
    public List<Finding> examine() throws InterruptedException {
        List<Grant> needed = Permissions.of(
                        site.pipeline().topics(), site.stream().applicationId())
                .stream()
                .filter(grant -> site.roles().stream().anyMatch(role -> role.principal() == grant.principal()))
                .toList();
        List<String> topics = needed.stream()
                .filter(grant -> grant.on().patternType() == PatternType.LITERAL)
                .filter(grant -> grant.on().resourceType() == ResourceType.TOPIC)
                .map(grant -> grant.on().name())
                .distinct()
                .toList();
        Known known = cluster.describe(topics);
        Set<String> missing = new TreeSet<>();
        for (Grant grant : needed) {
            lacking(grant, known)
                    .forEach(operation -> missing.add(operation + " on "
                            + grant.on().resourceType().name().toLowerCase(Locale.ROOT) + " "
                            + grant.on().name() + (grant.on().patternType() == PatternType.PREFIXED ? "*" : "")));
        }
        return List.of(finding(missing));
    }

    private Finding finding(Set<String> missing) {
        if (missing.isEmpty()) {
            return new Ok(name(), "this principal may do what its roles need");
        }
        String found = "this principal may not: " + String.join(", ", missing);
        return site.rolesWereSaid()
                ? new Fail(
                        name(), found, site.remedies().millrace("acls --apply") + " as a principal that may alter ACLs")
                : new Warn(
                        name(), found, "say what it is for: " + site.remedies().millrace("doctor --role ROLE"));
    }

    private Set<AclOperation> lacking(Grant grant, Known known) throws InterruptedException {
        return switch (grant.on().resourceType()) {
            case TOPIC -> ofTopic(grant, known);
            case GROUP -> ofGroup(grant);
            case TRANSACTIONAL_ID -> ofTransactionalId(grant);
            case CLUSTER -> ofCluster(grant);
            default -> Set.of();
        };
    }

    /** Topics that a prefix covers are made later: nothing to ask about. A topic that is missing is told elsewhere. */
    private static Set<AclOperation> ofTopic(Grant grant, Known known) {
        String name = grant.on().name();
        if (grant.on().patternType() == PatternType.PREFIXED) {
            return Set.of();
        }
        if (known.hidden().contains(name)) {
            return grant.operations();
        }
        TopicDescription topic = known.there().get(name);
        return topic == null ? Set.of() : without(grant.operations(), topic.authorizedOperations());
    }

    private Set<AclOperation> ofGroup(Grant grant) throws InterruptedException {
        String group = name(grant);
        try {
            Map<String, ConsumerGroupDescription> found = Cluster.get(cluster.admin()
                    .describeConsumerGroups(
                            List.of(group), new DescribeConsumerGroupsOptions().includeAuthorizedOperations(true))
                    .all());
            Set<AclOperation> granted = new TreeSet<>();
            found.values().forEach(one -> granted.addAll(one.authorizedOperations()));
            return without(grant.operations(), granted);
        } catch (GroupIdNotFoundException e) {
            return Set.of(); // it may be seen, and who may see it was granted to read it
        } catch (AuthorizationException e) {
            return grant.operations();
        }
    }

    private Set<AclOperation> ofTransactionalId(Grant grant) throws InterruptedException {
        String id = name(grant);
        try {
            Cluster.get(cluster.admin().describeTransactions(List.of(id)).description(id));
            return Set.of();
        } catch (TransactionalIdNotFoundException e) {
            return Set.of(); // may be seen, and is not in use
        } catch (AuthorizationException e) {
            return grant.operations();
        }
    }

    private Set<AclOperation> ofCluster(Grant grant) throws InterruptedException {
        return without(
                grant.operations(),
                Cluster.get(cluster.admin()
                        .describeCluster(new DescribeClusterOptions().includeAuthorizedOperations(true))
                        .authorizedOperations()));
    }

    private static String name(Grant grant) {
        return grant.on().patternType() == PatternType.PREFIXED
                ? grant.on().name() + PROBE
                : grant.on().name();
    }

    /** What is needed and not granted; a broker that does not say grants. */
    static Set<AclOperation> without(Set<AclOperation> needed, Set<AclOperation> granted) {
        Set<AclOperation> lacking = new TreeSet<>(needed);
        Optional.ofNullable(granted).ifPresent(lacking::removeAll);
        return granted == null ? Set.of() : lacking;
    }
}
