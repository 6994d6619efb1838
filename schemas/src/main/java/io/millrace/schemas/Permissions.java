package io.millrace.schemas;

import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.DELETE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.Resource;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * Who may do what on the broker: the table principal x resource x operation of one pipeline, and nothing that is not in
 * it. Every grant is one that the code needs; all are ALLOW, from any host.
 *
 * <p>Kafka implies DESCRIBE with READ, WRITE and DELETE, so the table names DESCRIBE only where it stands alone. A
 * producer that is idempotent needs nothing beside WRITE on a topic (brokers since 2.8).
 */
public final class Permissions {
    private static final ResourcePattern CLUSTER =
            new ResourcePattern(ResourceType.CLUSTER, Resource.CLUSTER_NAME, PatternType.LITERAL);

    private final Topics topics;
    private final Groups groups;
    private final String applicationId;
    private final List<Grant> grants = new ArrayList<>();

    /** Who takes part. Each has a principal of its own; a process of two roles needs the grants of both. */
    public enum Principal {
        /** A camera, a sensor, or the gateway in front of them: publishes frames and sees nothing. */
        CAMERA,
        /** The feed of the quickstart: a camera that goes on where it stopped, and waits for the trainer. */
        FEED,
        /** The labeling service: sees frames, posts labels. */
        LABELER,
        /** The stream-app. */
        STREAM_APP,
        /** A trainer process with {@code trainer.roles=train}: the only one that writes versions and the ledger. */
        TRAINER,
        /** A trainer process with {@code trainer.roles=predict}. */
        PREDICTOR,
        /** Whoever uses the predictions. */
        CONSUMER,
        /** {@code watch} and dashboards: reads, writes nothing, commits nothing. */
        VIEWER,
        /** An autoscaler that compares the offsets of stream-app and predictors with the ends of what they read. */
        SCALER,
        /** Creates topics, moves aliases, reads everything of the pipeline. */
        OPERATOR;

        /** Name as in user names: {@code stream-app}. */
        public String id() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * One row of the table.
     *
     * @param principal who
     * @param on a topic, group, transactional id or the cluster; literal or a prefix
     * @param operations what, without what is implied
     */
    public record Grant(Principal principal, ResourcePattern on, Set<AclOperation> operations) {
        public Grant {
            operations = Set.copyOf(operations);
        }
    }

    private Permissions(Topics topics, String applicationId) {
        this.topics = topics;
        this.groups = new Groups(topics.prefix());
        this.applicationId = applicationId;
        grantAll();
    }

    /** The table of a pipeline whose stream-app has the usual application id, {@link Groups#streamApp}. */
    public static List<Grant> of(Topics topics) {
        return of(topics, new Groups(topics.prefix()).streamApp());
    }

    /**
     * The table of a pipeline.
     *
     * @param applicationId {@code stream.application.id} of the stream-app: starts the names of its internal topics
     */
    public static List<Grant> of(Topics topics, String applicationId) {
        return List.copyOf(new Permissions(topics, applicationId).grants);
    }

    /**
     * The table as Kafka's ACLs, one for each operation.
     *
     * @param user Kafka's name of a principal, such as {@code User:camera}
     */
    public static List<AclBinding> bindings(List<Grant> grants, Function<Principal, String> user) {
        List<AclBinding> bindings = new ArrayList<>();
        for (Grant grant : grants) {
            for (AclOperation operation : EnumSet.copyOf(grant.operations())) {
                AccessControlEntry entry =
                        new AccessControlEntry(user.apply(grant.principal()), "*", operation, AclPermissionType.ALLOW);
                bindings.add(new AclBinding(grant.on(), entry));
            }
        }
        return bindings;
    }

    private void grantAll() {
        topics(Principal.CAMERA, WRITE, topics.frames());

        topics(Principal.FEED, WRITE, topics.frames());
        topics(Principal.FEED, READ, topics.frames(), topics.trainingLedger());
        grant(Principal.FEED, topic(topics.deadLettersOf(topics.frames())), READ);

        topics(Principal.LABELER, WRITE, topics.labels());
        topics(Principal.LABELER, READ, topics.frames(), topics.labelRequests());
        grant(Principal.LABELER, literal(ResourceType.GROUP, groups.labeler()), READ);
        grant(Principal.LABELER, literal(ResourceType.TRANSACTIONAL_ID, groups.labeler()), WRITE);

        streamApp();

        topics(
                Principal.TRAINER,
                READ,
                topics.frames(),
                topics.acceptedFrames(),
                topics.labeledFrames(),
                topics.modelVersions(),
                topics.modelAliases(),
                topics.trainingLedger());
        topics(
                Principal.TRAINER,
                WRITE,
                topics.modelVersions(),
                topics.modelAliases(),
                topics.trainingLedger(),
                topics.events(),
                topics.labelRequests());
        grant(Principal.TRAINER, literal(ResourceType.GROUP, groups.trainer()), READ);
        grant(Principal.TRAINER, literal(ResourceType.TRANSACTIONAL_ID, groups.trainer()), WRITE);

        topics(Principal.PREDICTOR, READ, topics.acceptedFrames(), topics.modelVersions(), topics.modelAliases());
        topics(Principal.PREDICTOR, WRITE, topics.predictions());
        grant(Principal.PREDICTOR, literal(ResourceType.GROUP, groups.predictor()), READ);
        grant(Principal.PREDICTOR, prefixed(ResourceType.TRANSACTIONAL_ID, groups.predictor() + "-"), WRITE);

        onlookers();
    }

    private void streamApp() {
        Principal app = Principal.STREAM_APP;
        topics(app, READ, topics.frames(), topics.labels(), topics.predictions());
        topics(app, WRITE, topics.acceptedFrames(), topics.labeledFrames(), topics.outcomes());
        for (Topic<?> topic : List.of(topics.frames(), topics.labels(), topics.predictions())) {
            grant(app, topic(topics.deadLettersOf(topic)), WRITE);
        }
        // Changelogs and repartition topics; DELETE lets it purge what it has repartitioned and read.
        grant(app, prefixed(ResourceType.TOPIC, applicationId + "-"), CREATE, READ, WRITE, DELETE);
        grant(app, literal(ResourceType.GROUP, applicationId), READ);
        grant(app, prefixed(ResourceType.TRANSACTIONAL_ID, applicationId + "-"), WRITE);
    }

    private void onlookers() {
        topics(Principal.CONSUMER, READ, topics.predictions());
        grant(Principal.CONSUMER, prefixed(ResourceType.GROUP, groups.consumers()), READ);

        topics(
                Principal.VIEWER,
                READ,
                topics.frames(),
                topics.acceptedFrames(),
                topics.labels(),
                topics.labeledFrames(),
                topics.predictions(),
                topics.outcomes(),
                topics.modelVersions(),
                topics.modelAliases(),
                topics.trainingLedger(),
                topics.events());
        for (Topic<?> topic : List.of(topics.frames(), topics.labels())) {
            grant(Principal.VIEWER, topic(topics.deadLettersOf(topic)), READ);
        }

        topics(Principal.SCALER, DESCRIBE, topics.frames(), topics.acceptedFrames());
        grant(Principal.SCALER, literal(ResourceType.GROUP, applicationId), DESCRIBE);
        grant(Principal.SCALER, literal(ResourceType.GROUP, groups.predictor()), DESCRIBE);

        Principal operator = Principal.OPERATOR;
        grant(operator, prefixed(ResourceType.TOPIC, topics.prefix()), CREATE, READ, DESCRIBE_CONFIGS);
        topics(operator, WRITE, topics.modelAliases());
        grant(operator, prefixed(ResourceType.GROUP, topics.prefix()), DESCRIBE);
        grant(operator, CLUSTER, DESCRIBE); // to see the ACLs themselves
    }

    private void topics(Principal principal, AclOperation operation, Topic<?>... on) {
        for (Topic<?> topic : on) {
            grant(principal, topic(topic.name()), operation);
        }
    }

    private void grant(Principal principal, ResourcePattern on, AclOperation... operations) {
        grants.add(new Grant(principal, on, Set.of(operations)));
    }

    private static ResourcePattern topic(String name) {
        return literal(ResourceType.TOPIC, name);
    }

    private static ResourcePattern literal(ResourceType type, String name) {
        return new ResourcePattern(type, name, PatternType.LITERAL);
    }

    private static ResourcePattern prefixed(ResourceType type, String prefix) {
        return new ResourcePattern(type, prefix, PatternType.PREFIXED);
    }
}
