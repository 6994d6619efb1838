package io.millrace.quickstart.access;

import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Signs certificates for one test, and keeps them in PKCS#12 files. */
public final class CertificateAuthority {
    private static final Duration VALID = Duration.ofDays(1);

    private final KeyPair keys = keyPair();
    private final Path directory;
    private final X500Name name;
    private final X509Certificate certificate;

    /** @param directory where the files are written */
    CertificateAuthority(Path directory, String name) throws Exception {
        this.directory = Files.createDirectories(directory);
        this.name = new X500Name("CN=" + name);
        Instant now = Instant.now();
        JcaX509v3CertificateBuilder builder = builder(this.name, keys, now.minusSeconds(60), now.plus(VALID));
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
        certificate = signed(builder);
    }

    /** The file with this authority alone: what those who trust it are given. */
    Path trustStore(String password) throws IOException, GeneralSecurityException {
        KeyStore store = empty();
        store.setCertificateEntry("ca", certificate);
        return write(store, "trust.p12", password);
    }

    /** The same as PEM. */
    public Path trustPem() throws IOException, GeneralSecurityException {
        String encoded = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded());
        return Files.writeString(
                directory.resolve("trust.pem"),
                "-----BEGIN CERTIFICATE-----\n" + encoded + "\n-----END CERTIFICATE-----\n");
    }

    /** A file with a key and its certificate, for 127.0.0.1, valid now. */
    Path keyStore(String subject, String password) throws Exception {
        Instant now = Instant.now();
        return keyStore(subject, password, now.minusSeconds(60), now.plus(VALID));
    }

    /** The same with a certificate that was valid until yesterday. */
    Path expiredKeyStore(String subject, String password) throws Exception {
        Instant now = Instant.now();
        return keyStore(subject, password, now.minus(VALID.multipliedBy(3)), now.minus(VALID));
    }

    private Path keyStore(String subject, String password, Instant from, Instant to) throws Exception {
        KeyPair own = keyPair();
        JcaX509v3CertificateBuilder builder = builder(new X500Name("O=Millrace,CN=" + subject), own, from, to);
        GeneralNames names = new GeneralNames(new GeneralName(GeneralName.iPAddress, "127.0.0.1"));
        builder.addExtension(Extension.subjectAlternativeName, false, names);
        KeyStore store = empty();
        Certificate[] chain = {signed(builder), certificate};
        store.setKeyEntry("key", own.getPrivate(), password.toCharArray(), chain);
        return write(store, subject + ".p12", password);
    }

    private JcaX509v3CertificateBuilder builder(X500Name subject, KeyPair own, Instant from, Instant to) {
        BigInteger serial = new BigInteger(64, new SecureRandom());
        return new JcaX509v3CertificateBuilder(name, serial, Date.from(from), Date.from(to), subject, own.getPublic());
    }

    private X509Certificate signed(JcaX509v3CertificateBuilder builder)
            throws OperatorCreationException, GeneralSecurityException, CertIOException {
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
    }

    private Path write(KeyStore store, String file, String password) throws IOException, GeneralSecurityException {
        Path path = directory.resolve(file);
        try (OutputStream out = Files.newOutputStream(path)) {
            store.store(out, password.toCharArray());
        }
        return path;
    }

    private static KeyStore empty() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static KeyPair keyPair() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }
}
