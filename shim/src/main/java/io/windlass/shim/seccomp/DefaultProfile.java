package io.windlass.shim.seccomp;

import io.windlass.shim.spec.Capabilities;
import io.windlass.shim.spec.Capability;
import io.windlass.shim.spec.Seccomp;
import io.windlass.shim.spec.Seccomp.Abi;
import io.windlass.shim.spec.Seccomp.Action;
import io.windlass.shim.spec.Seccomp.Condition;
import io.windlass.shim.spec.Seccomp.Flag;
import io.windlass.shim.spec.Seccomp.Operator;
import io.windlass.shim.spec.Seccomp.Rule;
import io.windlass.shim.spec.SeccompFilter;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The profile of a container that asks for the runtime's own. It denies what Docker's denies: what only an administrator needs is let through with
 * the capability for it, and namespaces cannot be made without CAP_SYS_ADMIN.
 *
 * <p>
 * Filters are compiled once for each set of capabilities and shared; those used last are kept, a few kilobytes each. The first takes a tenth of a
 * second in a young JVM, so that a daemon asks for the usual one before it is wanted.
 */
public final class DefaultProfile {
    private static final String RESOURCE = "default-profile.txt";
    private static final String ALWAYS = "always";
    private static final Action REFUSED = Action.errno(1); // EPERM
    private static final Action NO_SUCH_CALL = Action.errno(38); // ENOSYS: with clone3 the flags are in memory, so libraries must use clone
    private static final long NEW_NAMESPACES = 0x7e020000; // CLONE_NEWNS to CLONE_NEWNET without CLONE_NEWTIME, see clone(2)

    /** PER_LINUX, PER_LINUX32, both with UNAME26, and the question for the present one; see personality(2). */
    private static final long[] PERSONALITIES = {0, 8, 0x20000, 0x20008, 0xffffffffL};

    /**
     * Families of sockets with code that is old or seldom looked at, or that reaches past the network namespace: 12 DECnet, 19 Econet, 20 ATMSVC,
     * 23 IrDA, 25 WANPIPE, 34 IUCV, 37 CAIF, 38 ALG, 40 VSOCK, and what is newer than 45 MCTP. See address_families(7).
     */
    private static final List<Condition> REFUSED_FAMILIES = Stream
            .concat(Stream.of(12, 19, 20, 23, 25, 34, 37, 38, 40).map(family -> new Condition(0, Operator.EQUAL, family, 0)),
                    Stream.of(new Condition(0, Operator.GREATER, 45, 0)))
            .toList();

    private static final Map<String, List<String>> NAMES = read();
    private static final long MATTER = matter();
    private static final int KEPT = 32;
    private static final Map<Key, SeccompFilter> FILTERS = new LinkedHashMap<>(KEPT, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, SeccompFilter> eldest) {
            return size() > KEPT;
        }
    };

    /** @param capabilities those that make a difference */
    private record Key(Abi machine, long capabilities) {}

    private DefaultProfile() {}

    /** Returns the filter for a process with the given bounding set on a machine. */
    public static SeccompFilter filter(Set<Capability> capabilities, Abi machine) {
        Key key = new Key(machine, Capabilities.mask(capabilities) & MATTER);
        synchronized (FILTERS) {
            return FILTERS.computeIfAbsent(key, _ -> FilterCompiler.compile(of(capabilities), machine));
        }
    }

    /** Returns the rules for a process with the given bounding set, of all machines. */
    public static Seccomp of(Set<Capability> capabilities) {
        List<String> allowed = new ArrayList<>(NAMES.getOrDefault(ALWAYS, List.of()));
        for (Capability capability : capabilities) {
            allowed.addAll(NAMES.getOrDefault(capability.name(), List.of()));
        }
        List<Rule> rules = new ArrayList<>();
        rules.add(new Rule(allowed, Action.ALLOW, List.of()));
        for (long personality : PERSONALITIES) {
            rules.add(allow("personality", Operator.EQUAL, personality, 0));
        }
        rules.add(new Rule(List.of("socket"), Action.ALLOW, List.of()));
        rules.add(new Rule(List.of("socket"), REFUSED, REFUSED_FAMILIES));
        if (!capabilities.contains(Capability.SYS_ADMIN)) {
            rules.add(allow("clone", Operator.MASKED_EQUAL, NEW_NAMESPACES, 0));
            rules.add(new Rule(List.of("clone3"), NO_SUCH_CALL, List.of()));
        }
        return new Seccomp(REFUSED, EnumSet.allOf(Abi.class), Set.of(Flag.SPEC_ALLOW), rules);
    }

    private static Rule allow(String name, Operator operator, long value, long second) {
        return new Rule(List.of(name), Action.ALLOW, List.of(new Condition(0, operator, value, second)));
    }

    private static long matter() {
        Set<Capability> matter = EnumSet.of(Capability.SYS_ADMIN);
        NAMES.keySet().stream().filter(name -> !name.equals(ALWAYS)).map(Capability::valueOf).forEach(matter::add);
        return Capabilities.mask(matter);
    }

    /** Each line is {@code always} or a capability, a colon, and names of system calls. */
    private static Map<String, List<String>> read() {
        Map<String, List<String>> names = new HashMap<>();
        try (InputStream in = DefaultProfile.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + " is missing from the program");
            }
            BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.startsWith("#")) {
                    int colon = line.indexOf(':');
                    names.computeIfAbsent(line.substring(0, colon), _ -> new ArrayList<>())
                            .addAll(List.of(line.substring(colon + 1).strip().split(" ")));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return names;
    }
}
