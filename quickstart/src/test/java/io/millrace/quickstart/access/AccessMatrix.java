package io.millrace.quickstart.access;

import static org.apache.kafka.common.acl.AclOperation.ALTER;
import static org.apache.kafka.common.acl.AclOperation.ALTER_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.DELETE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.Resource;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.security.authorizer.AclEntry;
import org.apache.kafka.server.authorizer.Action;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;
import org.apache.kafka.server.authorizer.AuthorizationResult;
import org.apache.kafka.server.authorizer.Authorizer;

/**
 * Every pair principal x resource x operation, and what was designed for it: written down here by hand, so that the
 * table in the code is compared with something that does not come from it.
 */
final class AccessMatrix {
    static final String PREFIX = "test.";
    static final String ANONYMOUS = "ANONYMOUS";
    static final String STRANGER = "mallory";

    /** principal: operation resource, ... What Kafka implies is not written. {@code *} is any rest of the name. */
    private static final String DESIGN = """
            camera: WRITE topic frames
            feed: WRITE topic frames; READ topic frames; READ topic training-ledger; READ topic dlq.frames
            labeler: WRITE topic labels; READ topic frames; READ topic label-requests
            labeler: READ group labeler; WRITE transactional_id labeler
            stream-app: READ topic frames; READ topic labels; READ topic predictions
            stream-app: WRITE topic accepted-frames; WRITE topic labeled-frames; WRITE topic outcomes
            stream-app: WRITE topic dlq.frames; WRITE topic dlq.labels; WRITE topic dlq.predictions
            stream-app: CREATE topic stream-app-*; READ topic stream-app-*; WRITE topic stream-app-*
            stream-app: DELETE topic stream-app-*; READ group stream-app; WRITE transactional_id stream-app-*
            trainer: READ topic frames; READ topic accepted-frames; READ topic labeled-frames
            trainer: READ topic model-versions; READ topic model-aliases; READ topic training-ledger
            trainer: WRITE topic model-versions; WRITE topic model-aliases; WRITE topic training-ledger
            trainer: WRITE topic events; WRITE topic label-requests; READ group trainer; WRITE transactional_id trainer
            predictor: READ topic accepted-frames; READ topic model-versions; READ topic model-aliases
            predictor: WRITE topic predictions; READ group predictor; WRITE transactional_id predictor-*
            consumer: READ topic predictions; READ group consumer-*
            viewer: READ topic frames; READ topic accepted-frames; READ topic labels; READ topic labeled-frames
            viewer: READ topic predictions; READ topic outcomes; READ topic model-versions; READ topic model-aliases
            viewer: READ topic training-ledger; READ topic events; READ topic dlq.frames; READ topic dlq.labels
            scaler: DESCRIBE topic frames; DESCRIBE topic accepted-frames
            scaler: DESCRIBE group stream-app; DESCRIBE group predictor
            operator: CREATE topic *; READ topic *; DESCRIBE_CONFIGS topic *; WRITE topic model-aliases
            operator: DESCRIBE group *; DESCRIBE cluster
            """;

    private static final List<String> TOPICS = List.of(
            "frames",
            "labels",
            "accepted-frames",
            "labeled-frames",
            "predictions",
            "outcomes",
            "label-requests",
            "model-versions",
            "model-aliases",
            "training-ledger",
            "events",
            "dlq.frames",
            "dlq.labels",
            "dlq.predictions",
            "stream-app-frame-index-changelog",
            "stream-app-labels-by-frame-repartition");
    private static final List<String> GROUPS =
            List.of("stream-app", "trainer", "predictor", "labeler", "consumer-mine");
    private static final List<String> TRANSACTIONS =
            List.of("stream-app-0a1b-1", "trainer", "predictor-0a1b", "labeler", "consumer-mine");
    /** What belongs to another pipeline, or to the broker. */
    private static final List<String> FOREIGN = List.of("other.frames", "__consumer_offsets");

    private static final Map<AclOperation, Set<AclOperation>> IMPLIED_BY =
            Map.of(DESCRIBE, EnumSet.of(READ, WRITE, DELETE, ALTER), DESCRIBE_CONFIGS, EnumSet.of(ALTER_CONFIGS));

    private final Map<String, Set<String>> design = new LinkedHashMap<>();

    /** One question to the broker. */
    record Pair(String principal, ResourcePattern on, AclOperation operation) {
        @Override
        public String toString() {
            return principal + " " + operation + " " + on.resourceType() + " " + on.name();
        }
    }

    AccessMatrix() {
        DESIGN.lines().forEach(line -> {
            String[] parts = line.split(": ", 2);
            Set<String> rows = design.computeIfAbsent(parts[0], name -> new TreeSet<>());
            rows.addAll(Arrays.asList(parts[1].split("; ", -1)));
        });
        design.put(ANONYMOUS, Set.of());
        design.put(STRANGER, Set.of());
    }

    List<String> principals() {
        return List.copyOf(design.keySet());
    }

    /** Names of a type, foreign ones among them. */
    static List<String> names(ResourceType type) {
        List<String> names = new ArrayList<>();
        switch (type) {
            case TOPIC -> TOPICS.forEach(name -> names.add(PREFIX + name));
            case GROUP -> GROUPS.forEach(name -> names.add(PREFIX + name));
            case TRANSACTIONAL_ID -> TRANSACTIONS.forEach(name -> names.add(PREFIX + name));
            default -> throw new IllegalArgumentException("no names of " + type);
        }
        names.addAll(type == ResourceType.TOPIC ? FOREIGN : List.of("other"));
        return names;
    }

    /** Every pair there is. */
    List<Pair> pairs() {
        List<Pair> pairs = new ArrayList<>();
        for (String principal : principals()) {
            for (ResourceType type : List.of(ResourceType.TOPIC, ResourceType.GROUP, ResourceType.TRANSACTIONAL_ID)) {
                names(type).forEach(name -> pairs.addAll(pairs(principal, type, name)));
            }
            pairs.addAll(pairs(principal, ResourceType.CLUSTER, Resource.CLUSTER_NAME));
        }
        return pairs;
    }

    private static List<Pair> pairs(String principal, ResourceType type, String name) {
        ResourcePattern on = new ResourcePattern(type, name, PatternType.LITERAL);
        return AclEntry.supportedOperations(type).stream()
                .map(operation -> new Pair(principal, on, operation))
                .toList();
    }

    /** True when the design allows it. */
    boolean allows(Pair pair) {
        return isWritten(pair, pair.operation())
                || IMPLIED_BY.getOrDefault(pair.operation(), Set.of()).stream()
                        .anyMatch(stronger -> isWritten(pair, stronger));
    }

    private boolean isWritten(Pair pair, AclOperation operation) {
        String type = pair.on().resourceType().name().toLowerCase(Locale.ROOT);
        return design.get(pair.principal()).stream()
                .map(row -> row.split(" ", -1))
                .anyMatch(row -> row[0].equals(operation.name())
                        && row[1].equals(type)
                        && (row.length == 2
                                || matches(PREFIX + row[2], pair.on().name())));
    }

    private static boolean matches(String pattern, String name) {
        return pattern.endsWith("*")
                ? name.startsWith(pattern.substring(0, pattern.length() - 1))
                : name.equals(pattern);
    }

    /** Pairs that an authorizer answers otherwise than designed. */
    List<Pair> wrongIn(Authorizer authorizer) {
        return pairs().stream()
                .filter(pair -> allows(pair) != isAllowed(authorizer, pair))
                .toList();
    }

    private static boolean isAllowed(Authorizer authorizer, Pair pair) {
        Action action = new Action(pair.operation(), pair.on(), 1, false, false);
        return authorizer
                        .authorize(new Asking(pair.principal()), List.of(action))
                        .get(0)
                == AuthorizationResult.ALLOWED;
    }

    /** A request of a principal, as far as an authorizer looks at it. */
    private record Asking(String user) implements AuthorizableRequestContext {
        @Override
        public String listenerName() {
            return "SCRAM";
        }

        @Override
        public SecurityProtocol securityProtocol() {
            return SecurityProtocol.SASL_SSL;
        }

        @Override
        public KafkaPrincipal principal() {
            return new KafkaPrincipal(KafkaPrincipal.USER_TYPE, user);
        }

        @Override
        public InetAddress clientAddress() {
            return InetAddress.getLoopbackAddress();
        }

        @Override
        public int requestType() {
            return 0;
        }

        @Override
        public int requestVersion() {
            return 0;
        }

        @Override
        public String clientId() {
            return "";
        }

        @Override
        public int correlationId() {
            return 0;
        }
    }
}
