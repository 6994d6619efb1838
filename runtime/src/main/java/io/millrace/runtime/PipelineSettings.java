package io.millrace.runtime;

import io.millrace.runtime.blob.BlobSettings;
import io.millrace.runtime.signing.TrustedSigners;
import io.millrace.schemas.LockedSchemaIds;
import io.millrace.schemas.RegistrySchemaIds;
import io.millrace.schemas.SampleShape;
import io.millrace.schemas.SchemaIds;
import io.millrace.schemas.Topics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigException;

/**
 * What all processes of one pipeline must agree on, and where each of them listens.
 *
 * @param topicPrefix in front of every topic name; also names the pipeline
 * @param classes class names in the order of the model's outputs
 * @param frameShape shape of one sample
 * @param registryUrl address of a schema registry, empty for the checked-in lock file
 * @param blobStore where artifacts, checkpoints and large frames lie
 * @param signers whose signatures count
 * @param httpHost address on which metrics and health are served
 * @param httpPort port for them; 0 takes a free one
 * @param kafka settings for every Kafka client, {@code bootstrap.servers} among them
 */
public record PipelineSettings(
        String topicPrefix,
        List<String> classes,
        SampleShape frameShape,
        String registryUrl,
        BlobSettings blobStore,
        TrustedSigners signers,
        String httpHost,
        int httpPort,
        Map<String, String> kafka) {
    private static final String PREFIX = "pipeline.topic.prefix";
    private static final String CLASSES = "pipeline.classes";
    private static final String SHAPE = "pipeline.frame.shape";
    private static final String REGISTRY = "pipeline.schema.registry.url";
    private static final String HTTP_HOST = "pipeline.http.host";
    private static final String HTTP_PORT = "pipeline.http.port";

    private static final String FASHION = "T-shirt/top,Trouser,Pullover,Dress,Coat,Sandal,Shirt,Sneaker,Bag,Ankle boot";

    public PipelineSettings {
        classes = List.copyOf(classes);
        kafka = Map.copyOf(kafka);
    }

    /** Declares the shared keys in the definition of a process. */
    public static ConfigDef declareIn(ConfigDef declared) {
        Importance high = Importance.HIGH;
        Importance medium = Importance.MEDIUM;
        String prefix = "In front of every topic name; one pipeline is one prefix.";
        declared.define(PREFIX, Type.STRING, "millrace.", PipelineSettings::checkPrefix, high, prefix);
        String classes = "Class names, in the order of the model's outputs.";
        declared.define(CLASSES, Type.LIST, FASHION, PipelineSettings::checkClasses, high, classes);
        String shape = "Shape of one sample: channels,height,width for images, channels,time for sensor windows.";
        declared.define(SHAPE, Type.LIST, "1,28,28", PipelineSettings::checkShape, high, shape);
        String registry = "Address of a schema registry in the Confluent form; empty: the checked-in lock file.";
        declared.define(REGISTRY, Type.STRING, "", PipelineSettings::checkRegistry, medium, registry);
        BlobSettings.declareIn(declared);
        TrustedSigners.declareIn(declared);
        String host = "Address on which metrics, health and schemas are served.";
        declared.define(HTTP_HOST, Type.STRING, "127.0.0.1", medium, host);
        String port = "Port for metrics, health and schemas; 0 takes a free one.";
        return declared.define(HTTP_PORT, Type.INT, 0, ConfigDef.Range.between(0, 65535), medium, port);
    }

    /** Reads the shared keys. */
    public static PipelineSettings from(Settings settings) {
        return new PipelineSettings(
                settings.get(PREFIX),
                settings.get(CLASSES),
                shape(settings.get(SHAPE)),
                settings.get(REGISTRY),
                BlobSettings.from(settings),
                TrustedSigners.from(settings),
                settings.get(HTTP_HOST),
                settings.get(HTTP_PORT),
                settings.kafka());
    }

    /** Ids from the registry when one is configured, else from the lock file. */
    public SchemaIds schemaIds() {
        return registryUrl.isEmpty() ? LockedSchemaIds.load() : new RegistrySchemaIds(registryUrl);
    }

    /** The topics of this pipeline. */
    public Topics topics() {
        return new Topics(topicPrefix, schemaIds());
    }

    /** Settings of a Kafka client: those of every client, overridden by {@code own}. */
    public Map<String, Object> kafkaWith(Map<String, ?> own) {
        Map<String, Object> merged = new HashMap<>(kafka);
        merged.putAll(own);
        return merged;
    }

    /** The pipeline and its broker; never the settings of the clients, which have secrets. */
    @Override
    public String toString() {
        return "PipelineSettings[" + topicPrefix + " on " + kafka.get("bootstrap.servers") + "]";
    }

    private static SampleShape shape(List<String> sizes) {
        List<Integer> dimensions = new ArrayList<>();
        sizes.forEach(size -> dimensions.add(Integer.valueOf(size.trim())));
        return new SampleShape(dimensions);
    }

    /** Says what is wrong without the address: a password may be in it. */
    private static void checkRegistry(String name, Object value) {
        if (String.valueOf(value).contains("@")) {
            throw new ConfigException(name + ": expected an address without user and password");
        }
    }

    private static void checkPrefix(String name, Object value) {
        if (!String.valueOf(value).matches("[A-Za-z0-9._-]{1,100}")) {
            throw new ConfigException(name, value, "expected 1 to 100 letters, digits, dots, underscores or dashes");
        }
    }

    private static void checkClasses(String name, Object value) {
        List<?> classes = (List<?>) value;
        if (classes.size() < 2 || classes.stream().distinct().count() != classes.size()) {
            throw new ConfigException(name, value, "expected at least two different class names");
        }
    }

    @SuppressWarnings("unchecked") // Type.LIST gives strings
    private static void checkShape(String name, Object value) {
        try {
            SampleShape checked = shape((List<String>) value);
            if (checked.values() < 1) {
                throw new ConfigException(name, value, "expected a sample of at least one value");
            }
        } catch (IllegalArgumentException e) {
            throw new ConfigException(name, value, e.getMessage());
        }
    }
}
