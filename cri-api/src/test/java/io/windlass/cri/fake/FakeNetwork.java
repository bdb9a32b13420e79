package io.windlass.cri.fake;

import io.windlass.cni.Attachment;
import io.windlass.cni.Cidr;
import io.windlass.cni.Netns;
import io.windlass.cni.NetworkException;
import io.windlass.cni.NetworkException.Kind;
import io.windlass.cni.NetworkResult;
import io.windlass.cni.NetworkResult.IpConfig;
import io.windlass.cni.NetworkStatus;
import io.windlass.cni.PodDns;
import io.windlass.cni.PodNetwork;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A network that only remembers who is on it, and fails when told to. */
public final class FakeNetwork implements PodNetwork {
    public final Set<String> attached = new ConcurrentSkipListSet<>();
    public boolean failAdd;
    public boolean failDel;
    /** Is told the id of a sandbox before it is on the network. */
    public Consumer<String> beforeAdd = id -> {
    };

    @Override
    public synchronized NetworkResult add(Attachment attachment, Netns netns) throws NetworkException {
        beforeAdd.accept(attachment.sandboxId());
        attached.add(attachment.sandboxId());
        if (failAdd) {
            throw new NetworkException(Kind.EXHAUSTED, "no address is left in 10.9.0.0/24");
        }
        var ip = new IpConfig(Cidr.parse("10.9.0.2/24"), null, -1);
        return new NetworkResult("fake", List.of(), List.of(ip), List.of(), PodDns.NONE);
    }

    @Override
    public synchronized void del(Attachment attachment, @Nullable Netns netns) throws NetworkException {
        if (failDel) {
            throw new NetworkException(Kind.FAILED, "plugin failed");
        }
        attached.remove(attachment.sandboxId());
        notifyAll();
    }

    /** Waits until all are off it. */
    public synchronized void awaitNobody() throws InterruptedException {
        long end = System.nanoTime() + 10_000_000_000L;
        while (!attached.isEmpty()) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw new AssertionError("still attached: " + attached);
            }
            wait(left);
        }
    }

    @Override
    public void check(Attachment attachment, Netns netns) {}

    @Override
    public NetworkStatus status() {
        return NetworkStatus.ready("fake");
    }

    @Override
    public synchronized void collect(Predicate<String> living) {
        attached.removeIf(id -> !living.test(id));
    }
}
