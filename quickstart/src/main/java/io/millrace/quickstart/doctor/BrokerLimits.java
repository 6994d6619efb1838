package io.millrace.quickstart.doctor;

import io.millrace.quickstart.doctor.Finding.Fail;
import io.millrace.quickstart.doctor.Finding.Warn;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the settings of a broker must allow. */
record BrokerLimits(Site site) {
    static final String NAME = "broker.limits";

    /** A dead letter of a frame, the longest record there is. */
    private static final int LONGEST_REQUEST = 2 << 20;

    /** What is wrong with the settings of one broker, defaults among them. */
    List<Finding> of(String broker, Map<String, String> values) {
        List<Finding> findings = new ArrayList<>();
        long longest = Long.parseLong(values.getOrDefault("transaction.max.timeout.ms", "900000"));
        int asked = site.trainer().transactionTimeoutMillis();
        if (site.runs(Role.TRAINER, Role.PREDICTOR) && asked > longest) {
            findings.add(new Fail(
                    NAME,
                    "trainer.transaction.timeout.ms=" + asked + ", and broker " + broker
                            + " allows transaction.max.timeout.ms=" + longest,
                    Remedies.set("trainer.transaction.timeout.ms", longest)));
        }
        long request = Long.parseLong(values.getOrDefault("socket.request.max.bytes", "104857600"));
        if (request < LONGEST_REQUEST) {
            findings.add(new Fail(
                    NAME,
                    "broker " + broker + " takes requests of " + request + " bytes at most",
                    "set socket.request.max.bytes of broker " + broker + " to " + LONGEST_REQUEST + " or more"));
        }
        if (Boolean.parseBoolean(values.get("auto.create.topics.enable"))) {
            findings.add(new Warn(
                    NAME,
                    "broker " + broker + " makes a topic of every misspelt name",
                    "set auto.create.topics.enable=false in the settings of broker " + broker));
        }
        if (Boolean.parseBoolean(values.get("unclean.leader.election.enable"))) {
            findings.add(new Warn(
                    NAME,
                    "broker " + broker + " may elect a leader that lacks acknowledged records",
                    site.remedies().alterBrokers("unclean.leader.election.enable", false)));
        }
        return findings;
    }
}
