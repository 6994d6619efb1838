package io.millrace.runtime.command;

import io.millrace.runtime.Settings;
import java.util.Map;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule;
import org.apache.kafka.common.security.plain.PlainLoginModule;
import org.apache.kafka.common.security.scram.ScramLoginModule;

/**
 * What Kafka clients of this process may load because a setting names it: these config providers and login modules, and
 * nothing else. An option of the JVM that says otherwise wins: {@code -Dorg.apache.kafka.allowed.login.modules=...}.
 */
public final class ClientGuards {
    private static final Map<String, String> USUAL = Map.of(
            Settings.CONFIG_PROVIDERS_OPTION,
            Settings.CONFIG_PROVIDERS,
            "org.apache.kafka.allowed.login.modules",
            names(ScramLoginModule.class, OAuthBearerLoginModule.class, PlainLoginModule.class));

    private ClientGuards() {}

    /** To be called before the first client is made. */
    public static void raise() {
        USUAL.forEach((property, value) -> {
            if (System.getProperty(property) == null) {
                System.setProperty(property, value);
            }
        });
    }

    private static String names(Class<?>... types) {
        StringBuilder names = new StringBuilder();
        for (Class<?> type : types) {
            names.append(names.isEmpty() ? "" : ",").append(type.getName());
        }
        return names.toString();
    }
}
