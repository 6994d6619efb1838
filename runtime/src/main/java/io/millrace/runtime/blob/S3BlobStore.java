package io.millrace.runtime.blob;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.exception.RetryableException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Blobs as objects of a bucket, {@code <prefix>/<first two hex digits>/<sha256>}, as {@link FileBlobStore} lays out files.
 *
 * <p>An object is created only where there is none ({@code If-None-Match: *}), so two writers of the same bytes do not
 * meet, and its SHA-256 goes along, so that the server refuses bytes damaged on the way. A call is tried again after
 * failures of the server and the network, a bounded number of times with growing random pauses; redirects to another
 * address are not followed. Whatever remains is an {@link IOException}, and tells nothing about what is stored: only the
 * server's own word that there is no such key counts as absence.
 */
final class S3BlobStore implements BlobStore {
    private static final Logger LOGGER = LoggerFactory.getLogger(S3BlobStore.class);
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int PRECONDITION_FAILED = 412;

    private final S3Client s3;
    private final String bucket;
    private final String keyPrefix;
    private final int maxBytes;

    /** Takes the credentials from the environment of the process: variables, web identity, container, instance. */
    S3BlobStore(BlobSettings settings) throws IOException {
        this(settings, DefaultCredentialsProvider.builder().build());
    }

    S3BlobStore(BlobSettings settings, AwsCredentialsProvider credentials) throws IOException {
        this.bucket = settings.bucket();
        this.keyPrefix = settings.keyPrefix();
        this.maxBytes = settings.maxBytes();
        this.s3 = orExplain("opening bucket " + bucket, () -> client(settings.s3(), credentials));
    }

    private static S3Client client(BlobSettings.S3 settings, AwsCredentialsProvider credentials) {
        UrlConnectionHttpClient.Builder http = UrlConnectionHttpClient.builder()
                .connectionTimeout(settings.connectTimeout())
                .socketTimeout(settings.readTimeout());
        ClientOverrideConfiguration calls = ClientOverrideConfiguration.builder()
                .apiCallTimeout(settings.callTimeout())
                .apiCallAttemptTimeout(settings.callTimeout().dividedBy(settings.attempts()))
                .retryStrategy(AwsRetryStrategy.standardRetryStrategy().toBuilder()
                        .maxAttempts(settings.attempts())
                        .build())
                .build();
        S3ClientBuilder builder = S3Client.builder()
                .httpClientBuilder(http)
                .credentialsProvider(credentials)
                .overrideConfiguration(calls)
                .forcePathStyle(settings.pathStyle())
                // Every put brings its SHA-256 and every get is hashed: the SDK's own checksums would come on top.
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .serviceConfiguration(S3Configuration.builder()
                        .chunkedEncodingEnabled(false)
                        .expectContinueEnabled(false)
                        .build());
        if (!settings.endpoint().isEmpty()) {
            builder.endpointOverride(URI.create(settings.endpoint())).region(Region.US_EAST_1);
        }
        if (!settings.region().isEmpty()) {
            builder.region(Region.of(settings.region()));
        }
        return builder.build();
    }

    @Override
    public String put(byte[] bytes) throws IOException {
        checkSize(bytes.length);
        String sha256 = Sha256.of(bytes);
        if (!create(sha256, bytes) && !holds(sha256)) {
            send(putRequest(sha256).build(), bytes);
        }
        return sha256;
    }

    @Override
    public Optional<byte[]> get(String sha256) throws IOException {
        String key = key(sha256);
        byte[] bytes;
        try {
            bytes = orExplain(
                    "reading " + key,
                    () -> s3.getObject(request -> request.bucket(bucket).key(key), this::read));
        } catch (Refused e) {
            if (e.status() == NOT_FOUND && !e.code().equals("NoSuchBucket")) {
                return Optional.empty();
            }
            throw e;
        }
        return Optional.of(Sha256.verified(sha256, bytes));
    }

    @Override
    public void delete(String sha256) throws IOException {
        String key = key(sha256);
        orExplain(
                "deleting " + key,
                () -> s3.deleteObject(request -> request.bucket(bucket).key(key)));
    }

    /** False when there was something under that hash already, or someone else was writing it. */
    private boolean create(String sha256, byte[] bytes) throws IOException {
        try {
            send(putRequest(sha256).ifNoneMatch("*").build(), bytes);
            return true;
        } catch (Refused e) {
            if (e.status() == PRECONDITION_FAILED || e.status() == CONFLICT) {
                return false;
            }
            throw e;
        }
    }

    private boolean holds(String sha256) throws IOException {
        try {
            return get(sha256).isPresent();
        } catch (CorruptBlobException e) {
            LOGGER.atWarn().addKeyValue("sha256", sha256).log("A damaged blob is replaced by the right bytes");
            return false;
        }
    }

    private PutObjectRequest.Builder putRequest(String sha256) {
        return PutObjectRequest.builder()
                .bucket(bucket)
                .key(key(sha256))
                .contentType("application/octet-stream")
                .checksumSHA256(base64(sha256));
    }

    /** Stores; an answer that names another checksum than ours is a failure. Entity tags are not looked at. */
    private void send(PutObjectRequest request, byte[] bytes) throws IOException {
        String stored = orExplain(
                "writing " + request.key(),
                () -> s3.putObject(
                                request,
                                RequestBody.fromContentProvider(
                                        () -> new ByteArrayInputStream(bytes), bytes.length, request.contentType()))
                        .checksumSHA256());
        if (stored != null && !stored.equals(request.checksumSHA256())) {
            throw new IOException("writing " + request.key() + ": expected checksum " + request.checksumSHA256()
                    + " from the store, got " + stored);
        }
    }

    /** The body, but never more of it than a blob may have. A body that breaks off is asked for again. */
    private byte[] read(GetObjectResponse response, InputStream body) throws IOException {
        Long announced = response.contentLength();
        checkSize(announced == null ? 0 : announced);
        byte[] bytes;
        try {
            bytes = body.readNBytes(maxBytes + 1);
        } catch (IOException e) {
            throw RetryableException.create("the body broke off", e);
        }
        checkSize(bytes.length);
        if (announced != null && bytes.length < announced) { // the JDK's client takes a lost connection for the end
            throw RetryableException.create("expected " + announced + " bytes, got " + bytes.length);
        }
        return bytes;
    }

    private void checkSize(long bytes) throws IOException {
        if (bytes > maxBytes) {
            throw new IOException("expected a blob of at most " + maxBytes + " bytes, got " + bytes);
        }
    }

    private String key(String sha256) {
        return keyPrefix + Sha256.place(sha256);
    }

    private static String base64(String sha256) {
        return Base64.getEncoder().encodeToString(HexFormat.of().parseHex(sha256));
    }

    /** What the SDK throws is unchecked; whoever uses a store must know that it can fail. */
    private static <T> T orExplain(String what, Supplier<T> call) throws IOException {
        try {
            return call.get();
        } catch (S3Exception e) {
            throw new Refused(what, e);
        } catch (SdkException | IllegalStateException e) {
            throw new IOException(what + ": " + e.getMessage(), e);
        }
    }

    /** The store answered, and not with what was asked for. */
    private static final class Refused extends IOException {
        private static final long serialVersionUID = 1L;

        private final int status;
        private final String code;

        Refused(String what, S3Exception cause) {
            super(what + ": " + cause.getMessage(), cause);
            this.status = cause.statusCode();
            String named = cause.awsErrorDetails() == null
                    ? null
                    : cause.awsErrorDetails().errorCode();
            this.code = named == null ? "" : named;
        }

        int status() {
            return status;
        }

        String code() {
            return code;
        }
    }
}
