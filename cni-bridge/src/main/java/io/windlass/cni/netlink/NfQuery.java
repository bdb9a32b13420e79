package io.windlass.cni.netlink;

import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.Netlink;
import io.windlass.shim.linux.NetlinkAttributes;
import io.windlass.shim.linux.NetlinkMessage;
import io.windlass.shim.linux.NetlinkReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** Questions to nf_tables about what is not ours. See the kernel's nf_tables.h. */
public final class NfQuery {
    private static final int GETCHAIN = NfBatch.SUBSYSTEM | 4;
    private static final int GETRULE = NfBatch.SUBSYSTEM | 7;
    private static final int NFGENMSG = 4;
    private static final int RECEIVE_ROOM = 64 * 1024;
    private static final int CHAIN_POLICY = 5;
    private static final int RULE_HANDLE = 3;
    private static final int RULE_USERDATA = 7;
    private static final int DROP = 0;
    private static final int NO_POLICY = -1;

    private NfQuery() {}

    /** Says whether there is this base chain, with the policy to drop. */
    public static boolean dropsByPolicy(Netlink netlink, int family, String table, String chain) throws IOException {
        List<Long> policies = new ArrayList<>();
        NetlinkMessage message = new NetlinkMessage(256);
        message.begin(GETCHAIN, NetlinkMessage.NLM_F_REQUEST | NetlinkMessage.NLM_F_ACK, 0).u8(family).u8(0).u16(0).string(1, table).string(
                3,
                chain);
        ask(netlink, message, "get chain " + table + " " + chain, a -> policies.add(a.bigEndian(CHAIN_POLICY, NO_POLICY)));
        return policies.contains((long) DROP);
    }

    /** Returns the handles of the rules of a chain that carry a comment; none where there is no such chain. */
    public static List<Long> rules(Netlink netlink, int family, String table, String chain, String comment) throws IOException {
        byte[] wanted = NfRule.userData(comment);
        List<Long> handles = new ArrayList<>();
        NetlinkMessage message = new NetlinkMessage(256);
        message.begin(GETRULE, NetlinkMessage.NLM_F_REQUEST | NetlinkMessage.NLM_F_DUMP, 0).u8(family).u8(0).u16(0).string(1, table)
                .string(2, chain);
        ask(netlink, message, "list rules of " + table + " " + chain, a -> {
            if (Arrays.equals(a.bytes(RULE_USERDATA), wanted)) {
                handles.add(a.bigEndian(RULE_HANDLE, 0));
            }
        });
        return handles;
    }

    private static void ask(Netlink netlink, NetlinkMessage message, String call, Consumer<NetlinkAttributes> answer) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(RECEIVE_ROOM);
        netlink.send(message.finish());
        while (true) {
            netlink.receive(buffer);
            for (NetlinkReader reader = new NetlinkReader(buffer); reader.next();) {
                if (reader.isEnd()) {
                    try {
                        reader.throwIfError(call);
                    } catch (ErrnoException e) {
                        if (e.errno() != Errno.ENOENT) {
                            throw e;
                        }
                    }
                    return;
                }
                answer.accept(reader.attributes(NFGENMSG));
            }
        }
    }
}
