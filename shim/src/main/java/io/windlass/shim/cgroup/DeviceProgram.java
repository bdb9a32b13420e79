package io.windlass.shim.cgroup;

import io.windlass.shim.spec.Resources.DeviceRule;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes device rules as an eBPF program of the type BPF_PROG_TYPE_CGROUP_DEVICE, which cgroup v2 has instead of a controller. It says what the v1
 * controller would: of the rules on a device, the last one on each kind of access counts. See bpf-helpers(7) and linux/bpf.h.
 *
 * <p>
 * Register 2 is the type of the device, 3 the access that no rule has decided yet, 4 and 5 are major and minor.
 */
final class DeviceProgram {
    private static final int LOAD = 0x61;
    private static final int MOVE = 0xb7;
    private static final int COPY = 0xbf;
    private static final int AND = 0x57;
    private static final int SHIFT_RIGHT = 0x77;
    private static final int JUMP_EQUAL = 0x15;
    private static final int JUMP_NOT_EQUAL = 0x55;
    private static final int EXIT = 0x95;

    private static final int BLOCK = 1;
    private static final int CHARACTER = 2;
    private static final int ALL = 7;

    private final List<Long> instructions = new ArrayList<>();

    private DeviceProgram() {}

    /** Returns an array of struct bpf_insn. */
    static byte[] of(List<DeviceRule> rules) {
        DeviceProgram program = new DeviceProgram();
        program.emit(LOAD, 2, 1, 0, 0); // access << 16 | type
        program.emit(COPY, 3, 2, 0, 0);
        program.emit(AND, 2, 0, 0, 0xffff);
        program.emit(SHIFT_RIGHT, 3, 0, 0, 16);
        program.emit(LOAD, 4, 1, 0, 4);
        program.emit(LOAD, 5, 1, 0, 8);
        boolean open = true;
        for (DeviceRule rule : rules.reversed()) {
            program.rule(rule);
            if (isEveryDevice(rule)) {
                open = false; // what comes earlier in the list can decide nothing more
                break;
            }
        }
        if (open) {
            program.end(true);
        }
        return program.bytes();
    }

    /** Whether rules let every access through, so that no program is needed. */
    static boolean allowsAll(List<DeviceRule> rules) {
        return !rules.isEmpty() && isEveryDevice(rules.getLast()) && rules.getLast().allow();
    }

    private static boolean isEveryDevice(DeviceRule rule) {
        return rule.kind() == 'a' && rule.major() == null && rule.minor() == null && access(rule) == ALL;
    }

    private void rule(DeviceRule rule) {
        if (isEveryDevice(rule)) {
            end(rule.allow());
            return;
        }
        int decision = rule.allow() ? 4 : 5;
        int tests = (rule.kind() == 'a' ? 0 : 1) + (rule.major() == null ? 0 : 1) + (rule.minor() == null ? 0 : 1);
        if (rule.kind() != 'a') {
            emit(JUMP_NOT_EQUAL, 2, 0, --tests + decision, rule.kind() == 'b' ? BLOCK : CHARACTER);
        }
        if (rule.major() != null) {
            emit(JUMP_NOT_EQUAL, 4, 0, --tests + decision, rule.major());
        }
        if (rule.minor() != null) {
            emit(JUMP_NOT_EQUAL, 5, 0, --tests + decision, rule.minor());
        }
        if (rule.allow()) {
            emit(AND, 3, 0, 0, ALL & ~access(rule));
            emit(JUMP_NOT_EQUAL, 3, 0, 2, 0);
        } else {
            emit(COPY, 0, 3, 0, 0);
            emit(AND, 0, 0, 0, access(rule));
            emit(JUMP_EQUAL, 0, 0, 2, 0);
        }
        end(rule.allow());
    }

    private void end(boolean allow) {
        emit(MOVE, 0, 0, 0, allow ? 1 : 0);
        emit(EXIT, 0, 0, 0, 0);
    }

    private static int access(DeviceRule rule) {
        int access = 0;
        for (char letter : rule.access().toCharArray()) {
            access |= switch (letter) {
                case 'm' -> 1;
                case 'r' -> 2;
                case 'w' -> 4;
                default -> throw new IllegalArgumentException("device access \"" + rule.access() + "\" is not made of r, w and m");
            };
        }
        return access;
    }

    /** A load's immediate value is the offset, which has a field of its own. */
    private void emit(int code, int to, int from, int jump, int value) {
        int offset = code == LOAD ? value : jump;
        int immediate = code == LOAD ? 0 : value;
        instructions.add((long) immediate << 32 | (offset & 0xffffL) << 16 | (long) from << 12 | (long) to << 8 | code);
    }

    private byte[] bytes() {
        ByteBuffer bytes = ByteBuffer.allocate(instructions.size() * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        instructions.forEach(bytes::putLong);
        return bytes.array();
    }
}
