package io.windlass.cni.netlink;

import io.windlass.shim.linux.Netlink;
import io.windlass.shim.linux.NetlinkMessage;
import io.windlass.shim.linux.NetlinkReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Changes to nf_tables that the kernel makes all at once or not at all. See nft(8) and the kernel's nf_tables.h.
 *
 * {@snippet :
 * new NfBatch(NfBatch.IPV4, 0).addTable("t").addChain("t", "post", "nat", NfBatch.POSTROUTING, 100)
 *         .addRule("t", "post", new NfRule().sourceIn(subnet).masquerade()).commit(socket);
 * }
 */
public final class NfBatch {
    public static final int IPV4 = 2;
    public static final int IPV6 = 10;

    public static final int PREROUTING = 0;
    public static final int FORWARD = 2;
    public static final int OUTPUT = 3;
    public static final int POSTROUTING = 4;

    static final int SUBSYSTEM = 10 << 8;
    private static final int BATCH_BEGIN = 0x10;
    private static final int BATCH_END = 0x11;
    private static final int NEWTABLE = SUBSYSTEM;
    private static final int DELTABLE = SUBSYSTEM | 2;
    private static final int NEWCHAIN = SUBSYSTEM | 3;
    private static final int NEWRULE = SUBSYSTEM | 6;
    private static final int DELRULE = SUBSYSTEM | 8;
    private static final int NEWSET = SUBSYSTEM | 9;
    private static final int NEWSETELEM = SUBSYSTEM | 12;
    private static final int DELSETELEM = SUBSYSTEM | 14;
    private static final int SET_MAP = 8;
    private static final int DATA_VALUE = 1;
    private static final int ROOM = 16 * 1024;
    private static final int ELEMENT_ROOM = 128;
    private static final int ELEMENTS_A_MESSAGE = 256;

    private final NetlinkMessage message;
    private final List<String> calls = new ArrayList<>();
    private final int family;

    /**
     * @param family the address family of the tables, {@link #IPV4} or {@link #IPV6}
     * @param elements the most elements that there will be
     */
    public NfBatch(int family, long elements) {
        this.family = family;
        this.message = new NetlinkMessage(Math.toIntExact(ROOM + elements * ELEMENT_ROOM));
        message.begin(BATCH_BEGIN, NetlinkMessage.NLM_F_REQUEST, 0).u8(0).u8(0).u8(0).u8(SUBSYSTEM >> 8);
    }

    /** Makes a table, unless there is one. */
    public NfBatch addTable(String table) {
        begin("add table " + table, NEWTABLE, NetlinkMessage.NLM_F_CREATE).string(1, table).be32(2, 0);
        return this;
    }

    /** Deletes a table with all that is in it. */
    public NfBatch deleteTable(String table) {
        begin("delete table " + table, DELTABLE, 0).string(1, table);
        return this;
    }

    /** Makes a base chain that accepts what its rules say nothing about. */
    public NfBatch addChain(String table, String chain, String type, int hook, int priority) {
        begin("add chain " + table + " " + chain, NEWCHAIN, NetlinkMessage.NLM_F_CREATE).string(1, table).string(3, chain);
        int mark = message.nest(4);
        message.be32(1, hook).be32(2, priority).end(mark);
        message.be32(5, 1).string(7, type);
        return this;
    }

    /** Adds a rule at the end of a chain. */
    public NfBatch addRule(String table, String chain, NfRule rule) {
        begin("add rule " + table + " " + chain, NEWRULE, NetlinkMessage.NLM_F_CREATE | NetlinkMessage.NLM_F_APPEND);
        rule.write(message.string(1, table).string(2, chain));
        return this;
    }

    /** Adds a rule at the start of a chain. */
    public NfBatch insertRule(String table, String chain, NfRule rule) {
        begin("insert rule " + table + " " + chain, NEWRULE, NetlinkMessage.NLM_F_CREATE);
        rule.write(message.string(1, table).string(2, chain));
        return this;
    }

    /** Deletes a rule by the number that the kernel gave it. */
    public NfBatch deleteRule(String table, String chain, long handle) {
        begin("delete rule " + table + " " + chain + " " + handle, DELRULE, 0).string(1, table).string(2, chain).be64(3, handle);
        return this;
    }

    /**
     * Makes a map.
     *
     * @param id a number of it in this batch
     * @param keyType, dataType what nft(8) shows them as: type numbers of 6 bits, the first the highest
     * @param keyLength, dataLength bytes, a multiple of 4 for each part
     */
    public NfBatch addMap(String table, String map, int id, int keyType, int keyLength, int dataType, int dataLength) {
        begin("add map " + table + " " + map, NEWSET, NetlinkMessage.NLM_F_CREATE).string(1, table).string(2, map).be32(3, SET_MAP)
                .be32(4, keyType).be32(5, keyLength).be32(6, dataType).be32(7, dataLength).be32(10, id);
        return this;
    }

    /**
     * Makes a set.
     *
     * @param id, keyType, keyLength as for {@link #addMap}
     */
    public NfBatch addSet(String table, String set, int id, int keyType, int keyLength) {
        begin("add set " + table + " " + set, NEWSET, NetlinkMessage.NLM_F_CREATE).string(1, table).string(2, set).be32(4, keyType)
                .be32(5, keyLength).be32(10, id);
        return this;
    }

    /** An element of a map or a set: its key, and where it is added to a map its value, else empty. */
    public record Element(byte[] key, byte[] value) {}

    /** Adds elements; EEXIST where a key is there with another value. */
    public NfBatch addElements(String table, String set, List<Element> elements) {
        return elements("add", NEWSETELEM, NetlinkMessage.NLM_F_CREATE, table, set, elements);
    }

    /** Deletes elements by their keys; ENOENT where one is not there. */
    public NfBatch deleteElements(String table, String set, List<Element> elements) {
        return elements("delete", DELSETELEM, 0, table, set, elements);
    }

    /** Many to a message: each message is answered, and the room for answers is small. */
    private NfBatch elements(String verb, int type, int flags, String table, String set, List<Element> elements) {
        for (int from = 0; from < elements.size(); from += ELEMENTS_A_MESSAGE) {
            List<Element> some = elements.subList(from, Math.min(elements.size(), from + ELEMENTS_A_MESSAGE));
            begin(verb + " elements of " + table + " " + set, type, flags).string(1, table).string(2, set);
            int list = message.nest(3);
            some.forEach(element -> write(element, type == NEWSETELEM));
            message.end(list);
        }
        return this;
    }

    private void write(Element element, boolean withValue) {
        int nested = message.nest(1);
        int mark = message.nest(1);
        message.attribute(DATA_VALUE, element.key()).end(mark);
        if (withValue && element.value().length > 0) {
            mark = message.nest(2);
            message.attribute(DATA_VALUE, element.value()).end(mark);
        }
        message.end(nested);
    }

    private NetlinkMessage begin(String call, int type, int flags) {
        calls.add(call);
        return message.begin(type, NetlinkMessage.NLM_F_REQUEST | NetlinkMessage.NLM_F_ACK | flags, calls.size()).u8(family).u8(0).u16(0);
    }

    /**
     * Makes the changes, in the network namespace of {@code netlink}, a socket of NETLINK_NETFILTER.
     *
     * @throws IOException naming the first change that the kernel refused; nothing has changed
     */
    public void commit(Netlink netlink) throws IOException {
        message.begin(BATCH_END, NetlinkMessage.NLM_F_REQUEST, 0).u8(0).u8(0).u8(0).u8(SUBSYSTEM >> 8);
        netlink.send(message.finish());
        ByteBuffer answer = ByteBuffer.allocateDirect(8 * 1024);
        IOException failure = null;
        for (int answered = 0; answered < calls.size();) {
            netlink.receive(answer);
            for (NetlinkReader reader = new NetlinkReader(answer); reader.next();) {
                int change = reader.sequence();
                try {
                    reader.throwIfError("nf_tables: " + (change == 0 ? calls.getFirst() + " and more" : calls.get(change - 1)));
                } catch (IOException e) {
                    failure = failure == null ? e : failure;
                }
                answered = change == 0 ? calls.size() : answered + 1; // an answer to the batch itself is the only one
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
