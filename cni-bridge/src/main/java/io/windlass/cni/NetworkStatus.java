package io.windlass.cni;

/**
 * Whether a network is ready, as the NetworkReady condition of CRI wants it.
 *
 * @param ready false where a sandbox cannot be attached
 * @param network the network's name, or empty where there is none
 * @param reason a word for programs, such as {@code NetworkPluginNotReady}; empty when all is well
 * @param message a sentence for people that names the way out; empty when all is well
 */
public record NetworkStatus(boolean ready, String network, String reason, String message) {

    /** The reason that kubelets know. */
    public static final String NOT_READY = "NetworkPluginNotReady";

    /** The reason for a network that works on although a newer configuration is not valid. */
    public static final String INVALID_CONFIGURATION = "InvalidNetworkConfiguration";

    public static NetworkStatus ready(String network) {
        return new NetworkStatus(true, network, "", "");
    }

    public static NetworkStatus notReady(String network, String message) {
        return new NetworkStatus(false, network, NOT_READY, message);
    }
}
