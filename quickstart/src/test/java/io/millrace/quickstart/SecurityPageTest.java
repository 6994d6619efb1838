package io.millrace.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.schemas.LockedSchemaIds;
import io.millrace.schemas.Permissions;
import io.millrace.schemas.Permissions.Grant;
import io.millrace.schemas.Permissions.Principal;
import io.millrace.schemas.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;

/** Keeps the table in docs/SECURITY.md what the code says, and its references to tests what there is. */
class SecurityPageTest {
    private static final Path ROOT = Path.of("..");
    private static final List<String> MODULES =
            List.of("schemas", "runtime", "stream-app", "trainer-worker", "quickstart");
    private static final Path PAGE = ROOT.resolve("docs").resolve("SECURITY.md");
    private static final String START = "<!-- permissions: generated, see SecurityPageTest -->\n";
    private static final String END = "<!-- end of permissions -->";
    private static final String WRITE = "millrace.write.docs";
    private static final Topics TOPICS = new Topics("millrace.", LockedSchemaIds.load());

    @Test
    void shouldShowTheTableOfPermissions() throws Exception {
        String page = Files.readString(PAGE);
        String generated = page.substring(0, page.indexOf(START) + START.length())
                + table(Permissions.of(TOPICS))
                + page.substring(page.indexOf(END));
        if (Boolean.getBoolean(WRITE)) {
            Files.writeString(PAGE, generated);
        }

        assertThat(PAGE).as("stale; write it anew with -D" + WRITE + "=true").hasContent(generated);
    }

    @Test
    void shouldNoticeAMissingRow() throws Exception {
        List<Grant> table = Permissions.of(TOPICS);

        assertThat(Files.readString(PAGE)).doesNotContain(table(table.subList(1, table.size())));
    }

    @Test
    void shouldNameTestsThatAreThere() throws Exception {
        Matcher test = Pattern.compile("`([A-Z]\\w+(?:Test|IT))`").matcher(Files.readString(PAGE));
        List<String> named =
                test.results().map(found -> found.group(1)).distinct().toList();
        assertThat(named).isNotEmpty().allMatch(SecurityPageTest::isThere);
        assertThat(isThere("NoSuchTest")).isFalse();
    }

    private static boolean isThere(String test) {
        return MODULES.stream()
                .map(module -> ROOT.resolve(module).resolve("src/test/java"))
                .anyMatch(sources -> {
                    try (Stream<Path> files = Files.walk(sources)) {
                        return files.anyMatch(file -> file.endsWith(test + ".java"));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
    }

    private static String table(List<Grant> grants) {
        StringBuilder table = new StringBuilder();
        table.append("| principal | topics | groups | transactional ids | cluster |\n|---|---|---|---|---|\n");
        for (Principal principal : Principal.values()) {
            List<Grant> own = grants.stream()
                    .filter(grant -> grant.principal() == principal)
                    .toList();
            table.append("| `%s` | %s | %s | %s | %s |\n"
                    .formatted(
                            principal.id(),
                            cell(own, ResourceType.TOPIC),
                            cell(own, ResourceType.GROUP),
                            cell(own, ResourceType.TRANSACTIONAL_ID),
                            cell(own, ResourceType.CLUSTER)));
        }
        return table.toString();
    }

    /** Resources by what may be done with them. */
    private static String cell(List<Grant> grants, ResourceType type) {
        Map<String, String> byOperations = new TreeMap<>();
        grants.stream().filter(grant -> grant.on().resourceType() == type).forEach(grant -> {
            String operations =
                    grant.operations().stream().map(Enum::name).sorted().collect(Collectors.joining(", "));
            String name = grant.on().name().replace(TOPICS.prefix(), "")
                    + (grant.on().patternType() == PatternType.PREFIXED ? "*" : "");
            byOperations.merge(operations, "`" + name + "`", (before, more) -> before + " " + more);
        });
        return byOperations.entrySet().stream()
                .map(entry -> "**" + entry.getKey() + "** " + (type == ResourceType.CLUSTER ? "" : entry.getValue()))
                .map(String::trim)
                .collect(Collectors.joining("<br>"));
    }
}
