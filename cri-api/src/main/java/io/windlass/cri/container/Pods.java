package io.windlass.cri.container;

import io.windlass.cri.event.Events;
import io.windlass.cri.sandbox.PodParts;
import io.windlass.cri.sandbox.SandboxServices;
import io.windlass.cri.sandbox.SandboxStore;
import io.windlass.cri.store.Retries;
import io.windlass.shim.process.ContainerLogs;
import io.windlass.shim.process.Launcher;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** All calls about sandboxes and containers, with what they share; opened once, with everything that an earlier daemon left running. */
public final class Pods implements AutoCloseable {
    /** After so many the JVM has compiled what it ever will; they take 0.3 s of one processor. */
    private static final int REHEARSALS = 100;

    private final Launcher launcher;
    private final SandboxServices sandboxServices;
    private final Shims shims;
    private final ContainerLogs logs;
    private final SandboxServices.Calls sandboxes;
    private final Calls containers;
    private final Execs execs;
    private final ContainerStore store;
    private final Events events;
    private final SecurityModules modules = new SecurityModules();
    private final ContainerSpecs specs;
    private final Retries retries = new Retries();

    /** The calls about containers. */
    public record Calls(CreateContainer create, StartContainer start, StopContainer stop, RemoveContainer remove, GetContainerStatus status,
            ListContainers list, UpdateContainerResources update, ReopenContainerLog reopenLog, ExecSync execSync,
            CheckpointContainer checkpoint,
            UpdatePodSandboxResources updatePod) {}

    /** Makes shims whose ends go to {@code ends}. */
    @FunctionalInterface
    interface ShimsOpener {
        Shims open(Launcher launcher, ContainerLogs logs, Consumer<Shims.End> ends) throws IOException;
    }

    private Pods(PodServices services, ShimsOpener opener) throws IOException {
        var root = services.config().root();
        var state = services.config().state();
        var clock = services.clock();
        var cgroups = new ContainerCgroups(services.cgroups());
        launcher = new Launcher();
        store = ContainerStore.open(root.resolve("containers"));
        sandboxServices = SandboxServices.open(services.config(), services.network(), services.cgroups(), launcher, clock);
        var sandboxStore = sandboxServices.store();
        events = new Events(clock, new PodDescription(sandboxStore, store));
        specs = new ContainerSpecs(services.snapshots(), store, sandboxServices.parts(), modules,
                NodeLimits.read(services.config().container().pidsLimit()));
        var parts = new ContainerParts(root, state, store, services.snapshots(), specs, cgroups, retries);
        logs = new ContainerLogs(services.config().container().maxLogLineBytes(), state.resolve("log-journal"));
        var opened = new CompletableFuture<Shims>();
        var exits = new Exits(store, sandboxStore, cgroups, id -> opened.join().closeLog(id), events, retries);
        shims = opener.open(launcher, logs, exits);
        opened.complete(shims);
        sandboxServices.recover(events);
        logs.allAreAdoptedBut(
                new Recovery(store, sandboxStore, parts, cgroups, shims, exits, services.snapshots(), events, clock, retries).run());

        var stop = new StopContainer(store, sandboxStore, cgroups, shims);
        var remove = new RemoveContainer(store, sandboxStore, parts, stop, services.images(), events);
        sandboxes = sandboxServices.calls(new SandboxContainers(store, stop, remove), events);
        execs = new Execs(store, sandboxStore, parts, shims, retries);
        var starts = new PreparedStarts(store, cgroups, launcher);
        containers = new Calls(
                new CreateContainer(store, sandboxStore, services.images(), new ImageAccounts(services.snapshots()), parts, starts, events,
                        clock),
                new StartContainer(store, sandboxStore, parts, cgroups, starts, shims, events, clock, retries), stop, remove,
                new GetContainerStatus(store, sandboxStore, parts), new ListContainers(store),
                new UpdateContainerResources(store, sandboxStore, parts), new ReopenContainerLog(store, shims), new ExecSync(execs),
                new CheckpointContainer(store), new UpdatePodSandboxResources(sandboxStore, services.cgroups()));
    }

    /** Opens everything; containers and sandboxes of an earlier daemon are there afterwards. */
    public static Pods open(PodServices services) throws IOException {
        return new Pods(services, LauncherShims::new);
    }

    /** Opens everything with other shims, for tests. */
    static Pods open(PodServices services, ShimsOpener opener) throws IOException {
        return new Pods(services, opener);
    }

    public SandboxServices.Calls sandboxes() {
        return sandboxes;
    }

    public Calls containers() {
        return containers;
    }

    /** Returns what runs commands in containers with streams. */
    public Execs execs() {
        return execs;
    }

    /** Returns what happens to sandboxes and containers. */
    public Events events() {
        return events;
    }

    /** Returns the containers, for reading. */
    public ContainerStore containerStore() {
        return store;
    }

    /** Returns the sandboxes, for reading. */
    public SandboxStore sandboxStore() {
        return sandboxServices.store();
    }

    /** Returns what sandboxes offer. */
    public PodParts podParts() {
        return sandboxServices.parts();
    }

    /** Returns the output of running containers, for attaching. */
    public ContainerLogs logs() {
        return logs;
    }

    /**
     * Makes, off the path of any call, what the first container would wait for: the default profile of AppArmor, the default seccomp filter, and
     * machine code for what makes programs, which the JVM compiles once it has run often enough.
     */
    public void warm() {
        modules.warm();
        for (int i = 0; i < REHEARSALS; i++) {
            launcher.rehearse(specs.usual());
        }
    }

    /** Lets go of everything. Containers run on. */
    @Override
    public void close() {
        retries.close();
        shims.close();
        logs.close();
        sandboxServices.close();
        launcher.close();
    }
}
