package io.windlass.cni;

/**
 * Whether a network is ready, as the NetworkReady condition of CRI wants it.
 *
 * @param ready false where a sandbox cannot be attached
 * @param network the network's name, or empty where there is none
 * @param reason a word for programs, such as {@code NetworkPluginNotReady}; empty when ready
 * @param message a sentence for people that names the way out; empty when ready
 */
public record NetworkStatus(boolean ready, String network, String reason, String message) {

    /** The reason that kubelets know. */
    public static final String NOT_READY = "NetworkPluginNotReady";

    public static NetworkStatus ready(String network) {
        return new NetworkStatus(true, network, "", "");
    }

    public static NetworkStatus notReady(String network, String message) {
        return new NetworkStatus(false, network, NOT_READY, message);
    }
}
