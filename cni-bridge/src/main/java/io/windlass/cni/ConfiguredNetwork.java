package io.windlass.cni;

import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The node's network: plugins where there is a network configuration, the built-in network where there is none.
 *
 * <p>
 * The choice is made at every add. An attachment is taken back by the network that made it: the built-in one may be there for that alone.
 */
public final class ConfiguredNetwork implements PodNetwork {
    private final CniClient plugins;
    private final HostPorts hostPorts = new HostPorts();
    private final @Nullable PodNetwork builtIn;
    private final boolean wanted;

    /**
     * @param builtIn the network of the node itself, or null where there is none and was none
     * @param wanted whether new pods come onto it without a configuration; else it keeps those it has until they go
     */
    public ConfiguredNetwork(CniClient plugins, @Nullable PodNetwork builtIn, boolean wanted) {
        this.plugins = plugins;
        this.builtIn = builtIn;
        this.wanted = wanted;
    }

    @Override
    public NetworkResult add(Attachment attachment, Netns netns) throws NetworkException {
        hostPorts.claim(attachment);
        try {
            return chosen().add(attachment, netns);
        } catch (NetworkException | RuntimeException e) {
            if (!isLeft(attachment)) {
                hostPorts.release(attachment);
            }
            throw e;
        }
    }

    /** Says whether something of a failed add may still be there, until a del succeeds. */
    private boolean isLeft(Attachment attachment) {
        try {
            return plugins.has(attachment);
        } catch (NetworkException e) {
            return true;
        }
    }

    @Override
    public void del(Attachment attachment, @Nullable Netns netns) throws NetworkException {
        plugins.del(attachment, netns);
        if (builtIn != null) {
            builtIn.del(attachment, netns);
        }
        hostPorts.release(attachment);
    }

    @Override
    public void adopt(Attachment attachment, List<String> addresses) throws NetworkException {
        hostPorts.restore(attachment);
        if (builtIn != null && !isLeft(attachment)) {
            builtIn.adopt(attachment, addresses);
        }
    }

    @Override
    public void check(Attachment attachment, Netns netns) throws NetworkException {
        if (builtIn == null || plugins.has(attachment)) {
            plugins.check(attachment, netns);
        } else {
            builtIn.check(attachment, netns);
        }
    }

    @Override
    public NetworkStatus status() {
        return chosen().status();
    }

    @Override
    public void usePodCidrs(List<Cidr> networks) throws NetworkException {
        plugins.usePodCidrs(networks);
        if (builtIn != null && wanted) { // else they are another network's
            builtIn.usePodCidrs(networks);
        }
    }

    @Override
    public void collect(Predicate<String> living) throws NetworkException {
        try {
            plugins.collect(living);
        } finally {
            if (builtIn != null) {
                builtIn.collect(living);
            }
        }
    }

    private PodNetwork chosen() {
        return builtIn != null && wanted && plugins.isUnconfigured() ? builtIn : plugins;
    }
}
