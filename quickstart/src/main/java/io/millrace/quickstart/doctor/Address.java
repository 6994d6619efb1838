package io.millrace.quickstart.doctor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Where something listens.
 *
 * @param port from 1; anything else is told as a problem
 */
record Address(String host, int port) {
    private static final int TIMEOUT_MS = 2_000;
    private static final int MAX_PORT = 65_535;

    /** What keeps us from it, and what to do. */
    record Problem(String found, String remedy) {}

    /** Reads {@code host:port}; port 0 when there is none. */
    static Address of(String text) {
        int colon = text.lastIndexOf(':');
        String port = text.substring(colon + 1);
        return colon < 1 || !port.matches("[0-9]{1,5}")
                ? new Address(text, 0)
                : new Address(text.substring(0, colon).replaceAll("[\\[\\]]", ""), Integer.parseInt(port));
    }

    /** Tries to connect, for seconds at most; empty when it works. */
    Optional<Problem> problem() {
        if (port < 1 || port > MAX_PORT) {
            return Optional.of(new Problem(
                    "expected host:port, got " + host, Remedies.set("kafka.bootstrap.servers", "HOST:PORT")));
        }
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getByName(host), port), TIMEOUT_MS);
            return Optional.empty();
        } catch (UnknownHostException e) {
            return Optional.of(new Problem(
                    "there is no host " + host,
                    Remedies.set("kafka.bootstrap.servers", "HOST:" + port)
                            + " with a name that this machine resolves"));
        } catch (SocketTimeoutException e) {
            return Optional.of(new Problem(
                    this + " does not answer within " + TIMEOUT_MS / 1000 + " s",
                    "let port " + port + " of " + host + " through the firewall or network policy between"));
        } catch (IOException e) {
            return Optional.of(new Problem(
                    this + " refuses connections (" + Failures.reason(e) + ")",
                    "start a broker there (./millrace broker, for trying things out), or "
                            + Remedies.set("kafka.bootstrap.servers", "HOST:PORT")));
        }
    }

    /** True when the other side takes part in a TLS handshake, whatever comes of it. */
    boolean speaksTls() {
        try (SSLSocket socket = (SSLSocket) SSLSocketFactory.getDefault().createSocket()) {
            socket.connect(new InetSocketAddress(host, port), TIMEOUT_MS);
            socket.setSoTimeout(TIMEOUT_MS);
            socket.startHandshake();
            return true;
        } catch (SSLException e) {
            String message = String.valueOf(e.getMessage());
            return !message.contains("Unsupported or unrecognized") && !message.contains("terminated the handshake");
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
