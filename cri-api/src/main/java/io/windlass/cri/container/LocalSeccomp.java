package io.windlass.cri.container;

import io.windlass.cri.container.spec.ProfileChoice.Localhost;
import io.windlass.cri.container.spec.SeccompJson;
import io.windlass.cri.container.spec.SecurityProfiles;
import io.windlass.cri.error.CriException;
import io.windlass.shim.seccomp.FilterCompiler;
import io.windlass.shim.spec.Seccomp.Abi;
import io.windlass.shim.spec.SeccompFilter;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Seccomp profiles from files of the node. A container keeps a copy of its own, so that what runs in it later is under the same rules whatever
 * becomes of the file.
 */
final class LocalSeccomp {
    private static final int MAX_BYTES = 1 << 20;

    private final Abi machine;
    private final Map<SeccompFilter, WeakReference<SeccompFilter>> shared = new WeakHashMap<>();

    LocalSeccomp(Abi machine) {
        this.machine = machine;
    }

    /**
     * Copies the profile that a new container asks for.
     *
     * @throws CriException FAILED_PRECONDITION if the file is not there
     */
    static void copy(ContainerRecord container, ContainerPaths paths) throws IOException {
        var path = path(container);
        if (path != null) {
            var text = read(path);
            HostDirectories.create(paths.durable());
            Files.write(paths.seccomp(), text);
        }
    }

    /**
     * Returns the filter of the container's copy; null if it asks for none of the node's profiles.
     *
     * @throws CriException INVALID_ARGUMENT if the profile is none, FAILED_PRECONDITION for one by which somebody is to be notified
     */
    @Nullable
    SeccompFilter filter(ContainerRecord container, ContainerPaths paths) throws IOException {
        var path = path(container);
        if (path == null) {
            return null;
        }
        try {
            return share(FilterCompiler.compile(SeccompJson.parse(Files.readAllBytes(paths.seccomp())), machine));
        } catch (IllegalArgumentException e) {
            throw CriException.invalidArgument("seccomp profile " + path + " is not valid: " + e.getMessage());
        } catch (UnsupportedOperationException e) {
            throw CriException.failedPrecondition("seccomp profile " + path + " cannot be applied: " + e.getMessage());
        }
    }

    private static @Nullable Path path(ContainerRecord container) {
        return SecurityProfiles.seccomp(container.config().getLinux().getSecurityContext()) instanceof Localhost(var name)
                ? Path.of(name)
                : null;
    }

    private static byte[] read(Path path) throws IOException {
        if (!Files.isRegularFile(path)) {
            throw CriException.failedPrecondition("seccomp profile " + path + " is not a file of this node: put it there first");
        }
        if (Files.size(path) > MAX_BYTES) {
            throw CriException.invalidArgument("seccomp profile " + path + " is larger than " + MAX_BYTES + " bytes");
        }
        return Files.readAllBytes(path);
    }

    private SeccompFilter share(SeccompFilter filter) {
        synchronized (shared) {
            var known = shared.get(filter);
            var same = known == null ? null : known.get();
            if (same == null) {
                shared.put(filter, new WeakReference<>(filter));
                return filter;
            }
            return same;
        }
    }
}
