package io.windlass.cni;

import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Attaches a sandbox's network namespace to the node's network, and takes it off again.
 *
 * <p>
 * Terms: an <i>attachment</i> is one interface of one sandbox on this network, named by sandbox id and interface name. A <i>lease</i> is an
 * address that an attachment holds. Every attachment is recorded under the root directory before anything is done for it, so that
 * {@link #del} finds what to undo after a crash of the daemon, and after a change of the configuration too: it is undone by the network and
 * with the configuration that made it.
 *
 * <p>
 * Life cycle of an attachment: {@code add} &rarr; any number of {@code check} &rarr; {@code del}. An {@code add} that throws has already
 * undone what it did, as far as that was possible; a {@code del} afterwards is allowed and costs nothing. {@code del} may be repeated, may
 * come without an {@code add}, and works when the namespace is gone.
 *
 * {@snippet :
 * try (Netns netns = NetnsFactory.create(state.resolve("net"))) {
 *     NetworkResult result = network.add(attachment, netns);
 *     result.primary();  // the pod's address
 * }
 * // later, perhaps in another process
 * network.del(attachment, Netns.at(state.resolve("net")));
 * NetnsFactory.remove(state.resolve("net"));
 * }
 *
 * <p>
 * All methods block, and may be called by any thread and for many sandboxes at a time; calls for one sandbox must not overlap.
 */
public interface PodNetwork {

    /**
     * Attaches the sandbox; the loopback interface of the namespace is up afterwards.
     *
     * @return what the sandbox has got; at least one address
     * @throws NetworkException where nothing is attached; its kind says whether a later try may work
     */
    NetworkResult add(Attachment attachment, Netns netns) throws NetworkException;

    /**
     * Takes the attachment back: addresses, links, port mappings, leases and the record.
     *
     * @param netns the sandbox's namespace, or null where it is known to be gone
     * @throws NetworkException where something is left; the record is kept and the call must be repeated
     */
    void del(Attachment attachment, @Nullable Netns netns) throws NetworkException;

    /**
     * Takes up an attachment that an earlier daemon made and nobody has taken back: its host ports and its addresses are taken, also where what
     * was recorded of them is lost.
     *
     * @param addresses those that {@link #add} gave; none where it is not known to have succeeded
     */
    default void adopt(Attachment attachment, List<String> addresses) throws NetworkException {}

    /**
     * Verifies that the attachment is still as {@link #add} left it.
     *
     * @throws NetworkException naming what differs
     */
    void check(Attachment attachment, Netns netns) throws NetworkException;

    /**
     * Takes the networks that the cluster gave the node's pods: attachments from now on have addresses of them, where it is this network that
     * hands out addresses. Those that are there keep theirs.
     *
     * @throws IllegalArgumentException for networks that cannot hold pods
     * @throws NetworkException where they cannot be used; the message says why
     */
    default void usePodCidrs(List<Cidr> networks) throws NetworkException {}

    /** Says whether {@link #add} can be expected to work now. Cheap; never waits for a running add or del. */
    NetworkStatus status();

    /**
     * Takes back every attachment whose sandbox is not {@code living}: what a crash or a lost record left. Others may add and del meanwhile.
     *
     * @param living whether a sandbox of that id exists, running or not; it does from before its add until after its del
     * @throws NetworkException where something is left; the others are taken back all the same
     */
    void collect(Predicate<String> living) throws NetworkException;
}
