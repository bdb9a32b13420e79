package io.windlass.shim.linux;

import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Programs in the kernel that decide about devices, for the cgroups they are attached to. See bpf(2) and linux/bpf.h. */
public final class Bpf {
    private static final int PROG_LOAD = 5;
    private static final int PROG_ATTACH = 8;
    private static final int PROG_DETACH = 9;
    private static final int PROG_GET_FD_BY_ID = 13;
    private static final int PROG_QUERY = 16;

    private static final int TYPE_CGROUP_DEVICE = 15;
    private static final int ATTACH_CGROUP_DEVICE = 6;
    private static final int ALLOW_MULTI = 2;

    private static final int ATTRIBUTES = 64;
    private static final int MAX_PROGRAMS = 64; // of one cgroup, a limit of the kernel
    private static final int LOG_BYTES = 1 << 16;

    private Bpf() {}

    /**
     * Loads a program of the type BPF_PROG_TYPE_CGROUP_DEVICE.
     *
     * @param instructions struct bpf_insn, 8 bytes each
     */
    public static Fd loadDeviceProgram(byte[] instructions) throws IOException {
        ByteBuffer code = ByteBuffer.allocateDirect(instructions.length).put(0, instructions);
        ByteBuffer license = ByteBuffer.allocateDirect(16).put(0, "Apache-2.0\0".getBytes(StandardCharsets.US_ASCII));
        try {
            return Fd.adopt(call("load a device program", PROG_LOAD,
                    attributes().putInt(TYPE_CGROUP_DEVICE).putInt(instructions.length / 8).putLong(Libc.address(code))
                            .putLong(Libc.address(license))));
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EINVAL && e.errno() != Errno.EACCES) {
                throw e;
            }
            throw new ErrnoException(e.call() + verdict(code, license, instructions.length / 8), e.errno());
        } finally {
            Reference.reachabilityFence(code);
            Reference.reachabilityFence(license);
        }
    }

    /** Attaches a program beside those that are there: all of them must let an access through. */
    public static void attach(Fd cgroup, Fd program) throws IOException {
        call("attach a device program", PROG_ATTACH,
                attributes().putInt(cgroup.number()).putInt(program.number()).putInt(ATTACH_CGROUP_DEVICE).putInt(ALLOW_MULTI));
    }

    /** Returns the ids of the programs that are attached to this very cgroup. */
    public static List<Integer> attachedPrograms(Fd cgroup) throws IOException {
        ByteBuffer ids = ByteBuffer.allocateDirect(MAX_PROGRAMS * Integer.BYTES).order(ByteOrder.nativeOrder());
        ByteBuffer query = attributes().putInt(cgroup.number()).putInt(ATTACH_CGROUP_DEVICE).putInt(0).putInt(0).putLong(Libc.address(ids))
                .putInt(MAX_PROGRAMS);
        call("list device programs", PROG_QUERY, query);
        List<Integer> attached = new ArrayList<>();
        for (int i = 0; i < query.getInt(24); i++) {
            attached.add(ids.getInt(i * Integer.BYTES)); // which also keeps the memory until here
        }
        return attached;
    }

    /** Takes a program away again; one that is gone is fine. */
    public static void detach(Fd cgroup, int id) throws IOException {
        try (Fd program = Fd.adopt(call("open device program " + id, PROG_GET_FD_BY_ID, attributes().putInt(id)))) {
            call("detach device program " + id, PROG_DETACH,
                    attributes().putInt(cgroup.number()).putInt(program.number()).putInt(ATTACH_CGROUP_DEVICE));
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ENOENT) {
                throw e;
            }
        }
    }

    /** What the verifier says of a program that it has refused. */
    private static String verdict(ByteBuffer code, ByteBuffer license, int count) {
        ByteBuffer log = ByteBuffer.allocateDirect(LOG_BYTES);
        ByteBuffer load = attributes().putInt(TYPE_CGROUP_DEVICE).putInt(count).putLong(Libc.address(code)).putLong(Libc.address(license))
                .putInt(1).putInt(LOG_BYTES).putLong(Libc.address(log));
        long fd = Libc.syscall(SyscallNumber.BPF, PROG_LOAD, load.rewind(), ATTRIBUTES, 0, 0, 0);
        if (fd >= 0) {
            Libc.close((int) fd);
        }
        byte[] text = new byte[LOG_BYTES];
        log.get(0, text);
        String said = new String(text, StandardCharsets.US_ASCII);
        return ": " + said.substring(0, Math.max(0, said.indexOf('\0'))).strip().replace('\n', ';');
    }

    private static ByteBuffer attributes() {
        return ByteBuffer.allocateDirect(ATTRIBUTES).order(ByteOrder.nativeOrder());
    }

    private static int call(String what, int command, ByteBuffer attributes) throws ErrnoException {
        long result = Libc.syscall(SyscallNumber.BPF, command, attributes.rewind(), ATTRIBUTES, 0, 0, 0);
        if (result < 0) {
            throw new ErrnoException("bpf " + what, Libc.errno());
        }
        return (int) result;
    }
}
