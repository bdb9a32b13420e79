package io.windlass.cri.container.spec;

import io.windlass.shim.spec.Seccomp;
import io.windlass.shim.spec.Seccomp.Abi;
import io.windlass.shim.spec.Seccomp.Action;
import io.windlass.shim.spec.Seccomp.Condition;
import io.windlass.shim.spec.Seccomp.Flag;
import io.windlass.shim.spec.Seccomp.Operator;
import io.windlass.shim.spec.Seccomp.Rule;
import io.windlass.shim.spec.Seccomp.Verdict;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads the JSON of the OCI runtime specification, config-linux.md "Seccomp". Fields that it does not know are ignored, as comments are usual.
 */
public final class SeccompJson {
    private static final int EPERM = 1;
    private static final Set<Verdict> NUMBERED = Set.of(Verdict.ERRNO, Verdict.TRACE);
    private static final Map<String, Verdict> ACTIONS = Map.of("SCMP_ACT_KILL", Verdict.KILL_THREAD, "SCMP_ACT_KILL_PROCESS",
            Verdict.KILL_PROCESS, "SCMP_ACT_KILL_THREAD", Verdict.KILL_THREAD, "SCMP_ACT_TRAP", Verdict.TRAP, "SCMP_ACT_ERRNO",
            Verdict.ERRNO, "SCMP_ACT_TRACE", Verdict.TRACE, "SCMP_ACT_ALLOW", Verdict.ALLOW, "SCMP_ACT_LOG", Verdict.LOG);
    private static final Map<String, Operator> OPERATORS = Map.of("SCMP_CMP_NE", Operator.NOT_EQUAL, "SCMP_CMP_LT", Operator.LESS,
            "SCMP_CMP_LE", Operator.LESS_OR_EQUAL, "SCMP_CMP_EQ", Operator.EQUAL, "SCMP_CMP_GE", Operator.GREATER_OR_EQUAL, "SCMP_CMP_GT",
            Operator.GREATER, "SCMP_CMP_MASKED_EQ", Operator.MASKED_EQUAL);
    private static final Map<String, Flag> FLAGS = Map.of("SECCOMP_FILTER_FLAG_TSYNC", Flag.TSYNC, "SECCOMP_FILTER_FLAG_LOG", Flag.LOG,
            "SECCOMP_FILTER_FLAG_SPEC_ALLOW", Flag.SPEC_ALLOW);

    /** A flag of the specification that is for whoever is notified, and that the kernel takes with a listener only. */
    private static final String FOR_LISTENERS = "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV";

    /** ABIs of the specification whose calls no machine of ours can be given. */
    private static final Set<String> FOREIGN = Set.of("MIPS", "MIPS64", "MIPS64N32", "MIPSEL", "MIPSEL64", "MIPSEL64N32", "PPC", "PPC64",
            "PPC64LE", "S390", "S390X", "PARISC", "PARISC64", "RISCV64", "LOONGARCH64", "M68K", "SH", "SHEB");

    private SeccompJson() {}

    /**
     * @throws IllegalArgumentException saying what is wrong with the text
     * @throws UnsupportedOperationException for a valid profile by which somebody is to be notified
     */
    public static Seccomp parse(byte[] text) {
        JsonNode root;
        try {
            root = JsonMapper.shared().readTree(text);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("no JSON: " + e.getOriginalMessage(), e);
        }
        if (!root.isObject()) {
            throw new IllegalArgumentException("no JSON object");
        }
        var flags = root.has("flags") ? flags(root) : Set.of(Flag.SPEC_ALLOW);
        return new Seccomp(action(root, "defaultAction", "defaultErrnoRet"), architectures(root), flags, rules(root));
    }

    private static Action action(JsonNode object, String field, String errnoField) {
        var name = text(object, field);
        if (name.equals("SCMP_ACT_NOTIFY")) {
            throw new UnsupportedOperationException(
                    field + " SCMP_ACT_NOTIFY is not offered, nobody would be notified: use SCMP_ACT_ERRNO in its place");
        }
        var verdict = known(ACTIONS, field, name);
        var errno = object.path(errnoField);
        if (errno.isMissingNode() || errno.isNull()) {
            return new Action(verdict, NUMBERED.contains(verdict) ? EPERM : 0);
        }
        if (!NUMBERED.contains(verdict) && field.equals("action")) {
            throw new IllegalArgumentException(errnoField + " means nothing with " + field + " " + name);
        }
        return new Action(verdict, NUMBERED.contains(verdict) ? (int) number(errno, errnoField, 0xffff) : 0);
    }

    private static Set<Abi> architectures(JsonNode root) {
        var abis = EnumSet.noneOf(Abi.class);
        for (var entry : array(root, "architectures")) {
            var name = entry.asString("").startsWith("SCMP_ARCH_") ? entry.asString("").substring("SCMP_ARCH_".length()) : "";
            var abi = Optional.of(name).flatMap(n -> List.of(Abi.values()).stream().filter(a -> a.name().equals(n)).findFirst());
            if (abi.isEmpty() && !FOREIGN.contains(name)) {
                throw new IllegalArgumentException("architecture " + entry + " is not known");
            }
            abi.ifPresent(abis::add);
        }
        return abis;
    }

    private static Set<Flag> flags(JsonNode root) {
        var flags = EnumSet.noneOf(Flag.class);
        for (var entry : array(root, "flags")) {
            if (!entry.asString("").equals(FOR_LISTENERS)) {
                flags.add(known(FLAGS, "flag", entry.asString("")));
            }
        }
        return flags;
    }

    private static List<Rule> rules(JsonNode root) {
        var rules = new ArrayList<Rule>();
        for (var entry : array(root, "syscalls")) {
            var names = new ArrayList<String>();
            for (var name : array(entry, "names")) {
                names.add(name.asString(""));
            }
            if (names.isEmpty()) {
                throw new IllegalArgumentException("an entry of syscalls has no names");
            }
            rules.add(new Rule(names, action(entry, "action", "errnoRet"), conditions(entry)));
        }
        return rules;
    }

    private static List<Condition> conditions(JsonNode entry) {
        var conditions = new ArrayList<Condition>();
        for (var arg : array(entry, "args")) {
            conditions.add(new Condition((int) number(arg.path("index"), "index", 5), known(OPERATORS, "op", text(arg, "op")),
                    word(arg, "value"), word(arg, "valueTwo")));
        }
        return conditions;
    }

    private static <T> T known(Map<String, T> names, String field, String name) {
        var value = names.get(name);
        if (value == null) {
            throw new IllegalArgumentException(field + " \"" + name + "\" is not known");
        }
        return value;
    }

    private static Iterable<JsonNode> array(JsonNode object, String field) {
        var array = object.path(field);
        if (array.isMissingNode() || array.isNull()) {
            return List.of();
        }
        if (!array.isArray()) {
            throw new IllegalArgumentException(field + " is no array");
        }
        return array;
    }

    private static String text(JsonNode object, String field) {
        var value = object.path(field);
        if (!value.isMissingNode() && !value.isNull() && !value.isString()) {
            throw new IllegalArgumentException(field + " is no string");
        }
        return value.asString("");
    }

    private static long number(JsonNode value, String field, long most) {
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0 || value.longValue() > most) {
            throw new IllegalArgumentException(field + " " + value + " is not within 0 to " + most);
        }
        return value.longValue();
    }

    /** An unsigned number of 64 bits. */
    private static long word(JsonNode arg, String field) {
        var value = arg.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return 0;
        }
        if (!value.isIntegralNumber() || value.bigIntegerValue().signum() < 0 || value.bigIntegerValue().bitLength() > Long.SIZE) {
            throw new IllegalArgumentException(field + " " + value + " is not an unsigned number of 64 bits");
        }
        return value.bigIntegerValue().longValue();
    }
}
