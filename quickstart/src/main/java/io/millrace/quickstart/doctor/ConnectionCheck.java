package io.millrace.quickstart.doctor;

import io.millrace.quickstart.doctor.Finding.Fail;
import io.millrace.quickstart.doctor.Finding.Ok;
import io.millrace.quickstart.doctor.Finding.Warn;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;

/** The broker is found, answers, and takes who we are; and the addresses that the brokers give out are reachable. */
record ConnectionCheck(Site site) implements Check {
    static final String NAME = "broker";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<Finding> examine() throws InterruptedException {
        Map<String, String> kafka = site.pipeline().kafka();
        List<Address> given = new ArrayList<>();
        List<Address.Problem> problems = new ArrayList<>();
        for (String address : kafka.getOrDefault("bootstrap.servers", "").split(",", -1)) {
            Address one = Address.of(address.trim());
            given.add(one);
            one.problem().ifPresent(problems::add);
        }
        if (problems.size() == given.size()) {
            return problems.stream()
                    .<Finding>map(problem -> new Fail(NAME, problem.found(), problem.remedy()))
                    .toList();
        }
        List<Finding> findings = new ArrayList<>();
        try (Cluster cluster = new Cluster(site.pipeline())) {
            Collection<Node> nodes =
                    Cluster.get(cluster.admin().describeCluster().nodes());
            findings.add(new Ok(NAME, nodes.size() + " broker(s) answer at " + kafka.get("bootstrap.servers")));
            problems.forEach(problem -> findings.add(new Warn(NAME, problem.found(), problem.remedy())));
            findings.addAll(addresses(nodes));
        } catch (KafkaException e) {
            findings.add(new Refusal(kafka, given).explain(e));
        }
        return findings;
    }

    /** A client asks at one address, and is then told others: those must be reachable from here, too. */
    static List<Finding> addresses(Collection<Node> nodes) {
        List<Finding> findings = new ArrayList<>();
        for (Node node : nodes) {
            new Address(node.host(), node.port())
                    .problem()
                    .ifPresent(problem -> findings.add(new Fail(
                            NAME + ".addresses",
                            "broker " + node.id() + " tells clients to come to " + node.host() + ":" + node.port()
                                    + ", and " + problem.found(),
                            "set advertised.listeners of broker " + node.id()
                                    + " to an address that this host reaches")));
        }
        return findings;
    }
}
