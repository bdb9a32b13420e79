package io.windlass.cni;

/**
 * Limits of a pod's traffic; see the {@code bandwidth} capability of CNI.
 *
 * @param ingressRate bits per second to the pod, 0 for no limit
 * @param ingressBurst bits
 * @param egressRate bits per second from the pod, 0 for no limit
 * @param egressBurst bits
 */
public record Bandwidth(long ingressRate, long ingressBurst, long egressRate, long egressBurst) {

    /** @throws IllegalArgumentException for a negative number */
    public Bandwidth {
        if (ingressRate < 0 || ingressBurst < 0 || egressRate < 0 || egressBurst < 0) {
            throw new IllegalArgumentException("bandwidth must not be negative: " + ingressRate + "/" + ingressBurst
                    + " bits in, " + egressRate + "/" + egressBurst + " bits out");
        }
    }
}
