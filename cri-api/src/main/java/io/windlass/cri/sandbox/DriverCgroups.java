package io.windlass.cri.sandbox;

import io.windlass.cri.error.CriException;
import io.windlass.cri.store.ObjectId;
import io.windlass.shim.cgroup.Cgroup;
import io.windlass.shim.cgroup.CgroupDriver;
import io.windlass.shim.spec.CgroupJoin;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** Cgroups of pods by the cgroup file systems. */
final class DriverCgroups implements PodCgroups {
    private static final Duration LAST_PROCESS = Duration.ofSeconds(5);

    private final CgroupDriver driver;
    private final String common;

    /** @param common where pods without a parent have their cgroups */
    DriverCgroups(CgroupDriver driver, String common) {
        this.driver = driver;
        this.common = common;
    }

    @Override
    public PodCgroup plan(ObjectId sandbox, String parent, Set<String> others) {
        if (parent.endsWith(".slice")) {
            throw CriException.invalidArgument("config.linux.cgroup_parent \"" + parent
                    + "\" is a slice of systemd: set the kubelet's cgroupDriver to cgroupfs");
        }
        var path = parent.isEmpty() ? own(sandbox) : parent;
        var made = new ArrayList<String>();
        try {
            for (int end = path.indexOf('/', 1); end != -1; end = path.indexOf('/', end + 1)) {
                addIfOurs(path.substring(0, end), others, made);
            }
            addIfOurs(path, others, made);
        } catch (IOException | IllegalArgumentException e) {
            throw CriException.invalidArgument("config.linux.cgroup_parent \"" + path + "\" cannot be used: " + e.getMessage());
        }
        made.removeIf(one -> common.equals(one) || common.startsWith(one + "/")); // shared by all pods without a parent
        return new PodCgroup(path, made);
    }

    @Override
    public void create(PodCgroup cgroup) throws IOException {
        driver.cgroup(cgroup.path()).create();
    }

    @Override
    public CgroupJoin createInit(ObjectId sandbox, PodCgroup cgroup) throws IOException {
        var init = init(sandbox, cgroup);
        init.create();
        return CgroupJoin.of(init.joinFiles());
    }

    @Override
    public void removeInit(ObjectId sandbox, PodCgroup cgroup) throws IOException {
        var init = init(sandbox, cgroup);
        if (!init.pids().isEmpty()) {
            init.kill(); // one that an earlier daemon was killed over before it noted which process that is
        }
        init.delete(LAST_PROCESS);
    }

    private Cgroup init(ObjectId sandbox, PodCgroup cgroup) {
        return driver.cgroup(cgroup.path() + "/" + sandbox.value());
    }

    @Override
    public void remove(ObjectId sandbox, PodCgroup cgroup, Collection<String> others) throws IOException {
        for (var path : cgroup.made().reversed()) {
            if (others.stream().anyMatch(other -> isWithin(other, path))) {
                return; // and what is above it, too
            }
            var one = driver.cgroup(path);
            if (path.equals(own(sandbox))) {
                one.kill();
            } else if (!one.pids().isEmpty()) {
                return; // others have moved in
            }
            one.delete(LAST_PROCESS);
        }
    }

    private static boolean isWithin(String path, String parent) {
        return (path + "/").startsWith(parent + "/");
    }

    /** Returns the cgroup that no other sandbox has. */
    private String own(ObjectId sandbox) {
        return common + "/" + sandbox.value();
    }

    private void addIfOurs(String path, Set<String> others, List<String> made) throws IOException {
        if (others.contains(path) || !driver.cgroup(path).exists()) {
            made.add(path);
        }
    }
}
