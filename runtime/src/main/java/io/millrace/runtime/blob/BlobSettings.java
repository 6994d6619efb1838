package io.millrace.runtime.blob;

import io.millrace.runtime.Settings;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigException;

/**
 * Where the blobs lie. There is no setting for credentials: those of an object store come from the environment of the
 * process, as the AWS SDK looks for them.
 *
 * @param address {@code file:<path>} or {@code s3://<bucket>/<prefix>}
 * @param maxBytes most bytes of one blob, 1 to 2147483639; no more is ever read into memory
 * @param s3 how an object store is reached
 */
public record BlobSettings(String address, int maxBytes, S3 s3) {
    /** Most bytes of one blob unless set: 1 GiB. */
    static final int MAX_BYTES = 1 << 30;

    static final String FILE = "file:";
    private static final String S3_SCHEME = "s3://";
    private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

    private static final String ADDRESS = "pipeline.blob.store";
    private static final String MAX = "pipeline.blob.max.bytes";
    private static final String ENDPOINT = "pipeline.blob.s3.endpoint";
    private static final String REGION = "pipeline.blob.s3.region";
    private static final String PATH_STYLE = "pipeline.blob.s3.path.style";
    private static final String CONNECT = "pipeline.blob.s3.connect.timeout.ms";
    private static final String READ = "pipeline.blob.s3.read.timeout.ms";
    private static final String CALL = "pipeline.blob.s3.call.timeout.ms";
    private static final String ATTEMPTS = "pipeline.blob.s3.attempts";

    /**
     * How an object store is reached.
     *
     * @param endpoint address of a server that is not AWS, empty for AWS
     * @param region region; empty: as the SDK finds it, {@code us-east-1} with an endpoint
     * @param pathStyle the bucket is part of the path instead of the host name
     * @param connectTimeout longest wait for a connection
     * @param readTimeout longest silence of the server
     * @param callTimeout longest time one call may take, all attempts and the pauses between them together; an attempt
     *     has its even share
     * @param attempts most attempts of one call, at least 1
     */
    public record S3(
            String endpoint,
            String region,
            boolean pathStyle,
            Duration connectTimeout,
            Duration readTimeout,
            Duration callTimeout,
            int attempts) {}

    /** Declares the keys in the definition of a process. */
    public static ConfigDef declareIn(ConfigDef declared) {
        Importance medium = Importance.MEDIUM;
        String address = "Where model artifacts, checkpoints and large frames lie, each under its SHA-256:"
                + " file:PATH or s3://BUCKET/PREFIX.";
        declared.define(ADDRESS, Type.STRING, "file:data/blobs", BlobSettings::checkAddress, Importance.HIGH, address);
        String max = "Most bytes of one blob; no more is ever read into memory.";
        declared.define(MAX, Type.INT, MAX_BYTES, Range.between(1, LARGEST_ARRAY), medium, max);
        String endpoint = "Address of an S3 server that is not AWS, such as http://127.0.0.1:9000; empty: AWS.";
        declared.define(ENDPOINT, Type.STRING, "", BlobSettings::checkEndpoint, medium, endpoint);
        String region = "Region of the bucket; empty: as the AWS SDK finds it, us-east-1 with an endpoint.";
        declared.define(REGION, Type.STRING, "", BlobSettings::checkRegion, medium, region);
        String pathStyle = "The bucket is part of the path, not of the host name, as most servers beside AWS want it.";
        declared.define(PATH_STYLE, Type.BOOLEAN, false, medium, pathStyle);
        millis(declared, CONNECT, 5_000, "Longest wait for a connection to the object store, in milliseconds.");
        millis(declared, READ, 10_000, "Longest silence of the object store within an answer, in milliseconds.");
        String call = "Longest time one call to the object store may take, all attempts together, in milliseconds;"
                + " an attempt has its even share.";
        millis(declared, CALL, 120_000, call);
        String attempts = "Attempts of one call to the object store, with growing random pauses between them.";
        return declared.define(ATTEMPTS, Type.INT, 4, Range.between(1, 20), medium, attempts);
    }

    /** Reads the keys. */
    public static BlobSettings from(Settings settings) {
        S3 s3 = new S3(
                settings.get(ENDPOINT),
                settings.get(REGION),
                settings.get(PATH_STYLE),
                Duration.ofMillis(settings.<Integer>get(CONNECT)),
                Duration.ofMillis(settings.<Integer>get(READ)),
                Duration.ofMillis(settings.<Integer>get(CALL)),
                settings.get(ATTEMPTS));
        return new BlobSettings(settings.get(ADDRESS), settings.get(MAX), s3);
    }

    boolean isS3() {
        return address.startsWith(S3_SCHEME);
    }

    /** The bucket of an {@code s3} address. */
    public String bucket() {
        return address.substring(S3_SCHEME.length()).split("/", 2)[0];
    }

    /** What stands before every key of an {@code s3} address: empty, or ends with a slash. */
    public String keyPrefix() {
        String path = address.substring(S3_SCHEME.length() + bucket().length()).replaceAll("^/|/$", "");
        return path.isEmpty() ? "" : path + "/";
    }

    private static void millis(ConfigDef declared, String key, int usual, String sentence) {
        declared.define(key, Type.INT, usual, Range.atLeast(1), Importance.MEDIUM, sentence);
    }

    private static void checkAddress(String name, Object value) {
        String address = String.valueOf(value);
        boolean isFile = address.startsWith(FILE) && address.length() > FILE.length() && address.indexOf('\0') < 0;
        // Prefixes without empty parts and dots alone: nothing in a key may mean anything but itself.
        boolean isS3 = address.matches("s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/(?!\\.+(/|$))[A-Za-z0-9._=-]+)*/?");
        if (!isFile && !isS3) {
            throw refused(name, "expected file:<path> or s3://<bucket>/<prefix>");
        }
    }

    private static void checkEndpoint(String name, Object value) {
        String endpoint = String.valueOf(value);
        if (!endpoint.isEmpty() && !isServer(endpoint)) {
            throw refused(name, "expected http://<host>:<port> or https://<host>:<port>, no more");
        }
    }

    /** Without the value: it may have a password in it. */
    private static ConfigException refused(String name, String expected) {
        return new ConfigException(name + ": " + expected);
    }

    private static boolean isServer(String endpoint) {
        try {
            URI uri = URI.create(endpoint.toLowerCase(Locale.ROOT));
            return uri.getHost() != null
                    && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
                    && uri.getUserInfo() == null
                    && uri.getQuery() == null
                    && uri.getFragment() == null
                    && (uri.getPath().isEmpty() || uri.getPath().equals("/"));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static void checkRegion(String name, Object value) {
        if (!String.valueOf(value).matches("[a-z0-9-]{0,40}")) {
            throw refused(name, "expected a region such as eu-central-1");
        }
    }
}
