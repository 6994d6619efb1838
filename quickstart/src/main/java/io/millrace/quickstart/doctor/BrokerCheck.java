package io.millrace.quickstart.doctor;

import io.millrace.quickstart.doctor.Finding.Fail;
import io.millrace.quickstart.doctor.Finding.Ok;
import io.millrace.quickstart.doctor.Finding.Skip;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.FeatureMetadata;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;

/** What the brokers can do, and what they allow. */
record BrokerCheck(Site site, Cluster cluster) implements Check {
    private static final String TRANSACTIONS = "transaction.version";
    private static final int SAFE_TRANSACTIONS = 2;

    @Override
    public String name() {
        return BrokerLimits.NAME;
    }

    @Override
    public List<Finding> examine() throws InterruptedException {
        List<Finding> findings = new ArrayList<>();
        FeatureMetadata features =
                Cluster.get(cluster.admin().describeFeatures().featureMetadata());
        findings.add(features(features.finalizedFeatures()));
        try {
            findings.addAll(limits());
        } catch (AuthorizationException e) {
            findings.add(new Skip(name(), "this principal may not see the settings of the brokers"));
        }
        return findings;
    }

    private List<Finding> limits() throws InterruptedException {
        Collection<Node> nodes = Cluster.get(cluster.admin().describeCluster().nodes());
        List<String> ids = nodes.stream().map(Node::idString).toList();
        List<Finding> findings = new ArrayList<>();
        BrokerLimits limits = new BrokerLimits(site);
        cluster.settings(ConfigResource.Type.BROKER, ids)
                .forEach((id, values) -> findings.addAll(limits.of(id, values)));
        if (findings.isEmpty()) {
            findings.add(new Ok(name(), "transactions and requests may be as long as the pipeline needs"));
        }
        return findings;
    }

    /** Exactly-once needs brokers that verify transactions, or a late commit of a dead process can tear a new one. */
    static Finding features(Map<String, FinalizedVersionRange> finalized) {
        FinalizedVersionRange transactions = finalized.get(TRANSACTIONS);
        int level = transactions == null ? 0 : transactions.maxVersionLevel();
        String found = TRANSACTIONS + "=" + level;
        return level >= SAFE_TRANSACTIONS
                ? new Ok("broker.features", found + ", as exactly-once needs")
                : new Fail(
                        "broker.features",
                        found + ": a late commit of a process that died can tear a newer transaction",
                        "kafka-features.sh --bootstrap-server HOST:PORT upgrade --feature " + TRANSACTIONS + "="
                                + SAFE_TRANSACTIONS + " (brokers 4.0 or later)");
    }
}
