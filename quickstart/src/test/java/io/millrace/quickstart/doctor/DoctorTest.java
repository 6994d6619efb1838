package io.millrace.quickstart.doctor;

import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.quickstart.doctor.Finding.Fail;
import io.millrace.quickstart.doctor.Finding.Ok;
import io.millrace.quickstart.doctor.Finding.Skip;
import io.millrace.quickstart.doctor.Finding.Warn;
import io.millrace.quickstart.doctor.HostCheck.Host;
import io.millrace.runtime.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorTest {
    @Test
    void shouldCutACheckOffWhenItTakesTooLongAndKeepTheOthers() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        try (Rounds rounds = new Rounds()) {
            List<Finding> findings = rounds.make(
                    Duration.ofMillis(200),
                    List.of(
                            check("hangs", () -> {
                                never.await();
                                return List.of();
                            }),
                            check("throws", () -> {
                                throw new IllegalStateException("broken", new IllegalArgumentException("inside"));
                            }),
                            check("hidden", () -> {
                                throw new ClusterAuthorizationException("no");
                            }),
                            check("works", () -> List.of(new Ok("works", "well")))));

            assertThat(findings).hasSize(4);
            assertThat(findings.get(0)).isInstanceOf(Fail.class);
            assertThat(findings.get(0).found()).isEqualTo("no answer within 0 s");
            assertThat(findings.get(1).found()).isEqualTo("broken: inside");
            assertThat(findings.get(2)).isInstanceOf(Skip.class);
            assertThat(findings.get(3)).isEqualTo(new Ok("works", "well"));
        }
    }

    @Test
    void shouldReportAsTextAndAsJson() {
        Report report = new Report(List.of(new Ok("a", "good"), new Warn("b", "odd", "mend"), new Skip("c", "dark")));

        assertThat(report.isHealthy()).isTrue();
        assertThat(report.text().lines())
                .containsExactly(
                        "ok    a                   good",
                        "warn  b                   odd",
                        "                          -> mend",
                        "skip  c                   dark",
                        "0 failed, 1 warned");
        assertThat(report.json()).contains("\"healthy\" : true", "\"verdict\" : \"warn\"", "\"remedy\" : null");
        assertThat(new Report(List.of(new Fail("a", "bad", "mend"))).isHealthy())
                .isFalse();
    }

    @Test
    void shouldWarnWhenMoreThreadsThanCoresAreAskedForOrTheyWouldSpin() {
        Site site = site(Map.of("trainer.threads", "8", "stream.threads", "2"), Map.of("OMP_WAIT_POLICY", "ACTIVE"));

        Map<String, List<Finding>> findings = new HostCheck(site, new Host(4, OptionalLong.of(100)))
                .examine().stream().collect(Collectors.groupingBy(Finding::check));

        assertThat(findings.get("host.threads"))
                .containsExactlyInAnyOrder(
                        new Ok("host.threads", "stream.threads=2 on 4 cores"),
                        new Warn("host.threads", "trainer.threads=8 on 4 cores", "--set trainer.threads=4"));
        assertThat(findings.get("host.waiting")).singleElement().isInstanceOf(Warn.class);
        assertThat(findings.get("host.memory")).singleElement().isInstanceOf(Warn.class);
        assertThat(new HostCheck(
                                site(Map.of(), Map.of("OMP_WAIT_POLICY", "passive")), new Host(2, OptionalLong.empty()))
                        .examine())
                .allMatch(Ok.class::isInstance);
    }

    @Test
    void shouldFailWhenTransactionsAreOfTheOldKindOrTooShort() {
        Function<Integer, Finding> level = at -> BrokerCheck.features(
                Map.of("transaction.version", new FinalizedVersionRange(at.shortValue(), at.shortValue())));
        assertThat(level.apply(2)).isInstanceOf(Ok.class);
        assertThat(level.apply(1)).isInstanceOf(Fail.class);
        assertThat(BrokerCheck.features(Map.of())).isInstanceOf(Fail.class);

        BrokerLimits limits = new BrokerLimits(site(Map.of(), Map.of()));
        assertThat(limits.of("1", Map.of())).isEmpty();
        assertThat(limits.of("1", Map.of("transaction.max.timeout.ms", "1000")))
                .singleElement()
                .satisfies(finding ->
                        assertThat(((Fail) finding).remedy()).isEqualTo("--set trainer.transaction.timeout.ms=1000"));
        assertThat(limits.of("1", Map.of("socket.request.max.bytes", "1000000")))
                .singleElement()
                .isInstanceOf(Fail.class);
        assertThat(limits.of(
                        "1", Map.of("auto.create.topics.enable", "true", "unclean.leader.election.enable", "true")))
                .hasSize(2)
                .allMatch(Warn.class::isInstance);
    }

    @Test
    void shouldFailWhenADiskIsFullAndWarnBefore() {
        assertThat(Disk.space("d", Path.of("/x"), 100)).isInstanceOf(Fail.class);
        assertThat(Disk.space("d", Path.of("/x"), 1_000)).isInstanceOf(Warn.class);
        assertThat(Disk.space("d", Path.of("/x"), 10_000)).isInstanceOf(Ok.class);
    }

    @Test
    void shouldWriteNoBlobWhenNothingHereWritesAny(@TempDir Path directory) {
        Site site = site(Map.of("pipeline.blob.store", "file:" + directory), Map.of());

        assertThat(new BlobCheck(site.pipeline(), false).examine())
                .containsExactly(new Ok("blob.store", "file:" + directory + " can be read"));
        assertThat(directory).isEmptyDirectory();

        assertThat(new BlobCheck(site.pipeline(), true).examine())
                .contains(new Ok("blob.store", "file:" + directory + " writes, reads and deletes"));
        assertThat(directory).as("the probe's own directory stays").isNotEmptyDirectory();
    }

    @Test
    void shouldNameWhatIsNeededAndNotGranted() {
        assertThat(PermissionsCheck.without(Set.of(READ, WRITE), Set.of(READ, DESCRIBE)))
                .containsExactly(WRITE);
        assertThat(PermissionsCheck.without(Set.of(READ), Set.of(READ))).isEmpty();
        assertThat(PermissionsCheck.without(Set.of(READ), null))
                .as("a broker that does not say")
                .isEmpty();
    }

    private static Site site(Map<String, String> given, Map<String, String> environment) {
        Settings settings = Settings.of(Site.declare(), Set.of(), List.of(given));
        return Site.of(settings, Set.of(), environment, "", () -> Instant.EPOCH);
    }

    /** What a check does. */
    private interface Look {
        List<Finding> look() throws Exception;
    }

    private static Check check(String name, Look look) {
        return new Check() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public List<Finding> examine() throws Exception {
                return look.look();
            }
        };
    }
}
