package io.windlass.cni.netlink;

import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.Netlink;
import io.windlass.shim.linux.NetlinkMessage;
import io.windlass.shim.linux.NetlinkReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Asks the kernel about links, addresses and routes of one network namespace, that of the thread which opened it. See rtnetlink(7).
 *
 * <p>
 * Requests are queued with what they are for, and sent together: the kernel works on all of them in one call, also after one failed.
 * One thread at a time holds the socket; {@link Links} and {@link AddressRequests} see to that.
 */
public final class RouteSocket implements AutoCloseable {
    private static final int ROOM = 4096;
    private static final int RECEIVE_ROOM = 32 * 1024;

    private final Netlink netlink;
    private final NetlinkMessage message = new NetlinkMessage(ROOM);
    private final List<String> queued = new ArrayList<>();
    private @Nullable ByteBuffer received;

    private RouteSocket(Netlink netlink) {
        this.netlink = netlink;
    }

    /** Opens a socket in the calling thread's network namespace. */
    public static RouteSocket open() throws IOException {
        return new RouteSocket(Netlink.open(Netlink.NETLINK_ROUTE));
    }

    /**
     * Queues a request that is acknowledged; its family's header and attributes are to be added to what is returned.
     *
     * @param call what it does and to what, for the error
     */
    NetlinkMessage queue(String call, int type, int flags) {
        queued.add(call);
        return message.begin(type, NetlinkMessage.NLM_F_REQUEST | NetlinkMessage.NLM_F_ACK | flags, netlink.nextSequence());
    }

    /**
     * Sends what is queued and waits for every acknowledgement.
     *
     * @throws ErrnoException of the first request that failed; the requests after it have been worked on all the same
     */
    void flush() throws IOException {
        try {
            netlink.send(message.finish());
            IOException failure = null;
            for (int answered = 0; answered < queued.size();) {
                for (NetlinkReader reader = receive(); reader.next();) {
                    if (reader.isEnd()) {
                        try {
                            reader.throwIfError(queued.get(answered));
                        } catch (ErrnoException e) {
                            failure = failure == null ? e : failure;
                        }
                        answered++;
                    }
                }
            }
            if (failure != null) {
                throw failure;
            }
        } finally {
            queued.clear();
            message.clear();
        }
    }

    /** Takes one message of an answer. */
    @FunctionalInterface
    interface Answer {
        void message(NetlinkReader reader);
    }

    /** Starts a request that is answered by messages, to be sent by {@link #ask}. */
    NetlinkMessage begin(int type, int flags) {
        return message.begin(type, NetlinkMessage.NLM_F_REQUEST | flags, netlink.nextSequence());
    }

    /**
     * Sends what {@link #begin} started and hands over each message of the answer.
     *
     * @param dump whether the answer goes on until its end is announced; else it is one message
     */
    void ask(String call, boolean dump, Answer answer) throws IOException {
        try {
            netlink.send(message.finish());
            while (true) {
                for (NetlinkReader reader = receive(); reader.next();) {
                    if (reader.isEnd()) {
                        reader.throwIfError(call);
                        return;
                    }
                    answer.message(reader);
                    if (!dump) {
                        return;
                    }
                }
            }
        } finally {
            message.clear();
        }
    }

    private NetlinkReader receive() throws IOException {
        ByteBuffer buffer = received;
        if (buffer == null) {
            buffer = ByteBuffer.allocateDirect(RECEIVE_ROOM);
            received = buffer;
        }
        netlink.receive(buffer);
        return new NetlinkReader(buffer);
    }

    @Override
    public void close() {
        netlink.close();
    }
}
