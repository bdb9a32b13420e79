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

/** Questions to nf_tables about what others may have made, or taken away. See the kernel's nf_tables.h. */
public final class NfQuery {
    private static final int GETTABLE = NfBatch.SUBSYSTEM | 1;
    private static final int GETCHAIN = NfBatch.SUBSYSTEM | 4;
    private static final int GETRULE = NfBatch.SUBSYSTEM | 7;
    private static final int NFGENMSG = 4;
    private static final int ROOM = 256;
    private static final int ANSWER_ROOM = 4 * 1024;
    private static final int DUMP_ROOM = 64 * 1024;
    private static final int CHAIN_POLICY = 5;
    private static final int RULE_HANDLE = 3;
    private static final int RULE_USERDATA = 7;
    private static final int DROP = 0;
    private static final int NO_POLICY = -1;

    private NfQuery() {}

    /** Says whether there is this table. */
    public static boolean hasTable(Netlink netlink, int family, String table) throws IOException {
        List<Boolean> found = new ArrayList<>(1);
        ask(netlink, false, begin(GETTABLE, 0, family).string(1, table), "get table " + table, a -> found.add(true));
        return !found.isEmpty();
    }

    /** Says whether there is this base chain, with the policy to drop. */
    public static boolean dropsByPolicy(Netlink netlink, int family, String table, String chain) throws IOException {
        List<Long> policies = new ArrayList<>(1);
        ask(netlink, false, begin(GETCHAIN, 0, family).string(1, table).string(3, chain), "get chain " + table + " " + chain,
                a -> policies.add(a.bigEndian(CHAIN_POLICY, NO_POLICY)));
        return policies.contains((long) DROP);
    }

    /** Returns the handles of the rules of a chain that carry a comment; none where there is no such chain. */
    public static List<Long> rules(Netlink netlink, int family, String table, String chain, String comment) throws IOException {
        byte[] wanted = NfRule.userData(comment);
        List<Long> handles = new ArrayList<>();
        NetlinkMessage message = begin(GETRULE, NetlinkMessage.NLM_F_DUMP, family).string(1, table).string(2, chain);
        ask(netlink, true, message, "list rules of " + table + " " + chain, a -> {
            if (Arrays.equals(a.bytes(RULE_USERDATA), wanted)) {
                handles.add(a.bigEndian(RULE_HANDLE, 0));
            }
        });
        return handles;
    }

    private static NetlinkMessage begin(int type, int flags, int family) {
        return new NetlinkMessage(ROOM).begin(type, NetlinkMessage.NLM_F_REQUEST | flags, 0).u8(family).u8(0).u16(0);
    }

    /** @param dump whether the answer goes on until its end is announced; else it is one message, or none for what is not there */
    private static void ask(Netlink netlink, boolean dump, NetlinkMessage message, String call, Consumer<NetlinkAttributes> answer)
            throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(dump ? DUMP_ROOM : ANSWER_ROOM);
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
                if (!dump) {
                    return;
                }
            }
        }
    }
}
