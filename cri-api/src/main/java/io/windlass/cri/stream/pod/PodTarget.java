package io.windlass.cri.stream.pod;

import io.windlass.cri.container.Container;
import io.windlass.cri.container.ContainerLife;
import io.windlass.cri.container.ContainerStore;
import io.windlass.cri.container.Execs;
import io.windlass.cri.error.CriException;
import io.windlass.cri.sandbox.PodParts;
import io.windlass.cri.sandbox.Sandbox;
import io.windlass.cri.sandbox.SandboxState;
import io.windlass.cri.sandbox.SandboxStore;
import io.windlass.cri.stream.Attached;
import io.windlass.cri.stream.Dialed;
import io.windlass.cri.stream.StreamTarget;
import io.windlass.cri.stream.Wanted;
import io.windlass.shim.process.ContainerLog;
import io.windlass.shim.process.ContainerLogs;
import io.windlass.shim.process.ExecProcess;
import java.io.IOException;
import java.util.List;

/** The pods of this node as a target of streams. */
public final class PodTarget implements StreamTarget {

    private final ContainerStore containers;
    private final SandboxStore sandboxes;
    private final PodParts parts;
    private final Execs execs;
    private final ContainerLogs logs;
    private final Inputs inputs = new Inputs();

    /**
     * A target.
     *
     * @param execs starts commands
     * @param logs  follows the output of containers
     */
    public PodTarget(ContainerStore containers, SandboxStore sandboxes, PodParts parts, Execs execs, ContainerLogs logs) {
        this.containers = containers;
        this.sandboxes = sandboxes;
        this.parts = parts;
        this.execs = execs;
        this.logs = logs;
    }

    @Override
    public String runningContainer(String id) {
        return running(id).id().value();
    }

    private Container running(String id) {
        Container container = containers.require(id);
        ContainerLife life = container.record().life();
        if (!(life instanceof ContainerLife.Running)) {
            throw CriException.failedPrecondition("container " + container.id() + " is " + life.word() + ", not running");
        }
        return container;
    }

    @Override
    public String readySandbox(String id) {
        return ready(id).id().value();
    }

    private Sandbox ready(String id) {
        Sandbox sandbox = sandboxes.require(id);
        if (sandbox.record().state() != SandboxState.READY) {
            throw CriException.failedPrecondition("sandbox " + sandbox.id() + " is not ready");
        }
        return sandbox;
    }

    @Override
    public Attached exec(String containerId, List<String> command, Wanted wanted) throws IOException {
        Execs.Prepared prepared = execs.prepare(containerId, command, wanted.tty());
        try {
            return new ExecAttached(prepared,
                    prepared.start(new ExecProcess.Streams(wanted.stdin(), wanted.stdout(), wanted.stderr())));
        } catch (IOException | RuntimeException e) {
            prepared.close();
            throw e;
        }
    }

    @Override
    public Attached attach(String containerId, Wanted wanted) throws IOException {
        Container container = running(containerId);
        ContainerLog log = logs.find(container.id().value())
                .orElseThrow(() -> CriException.failedPrecondition("container " + container.id() + " has ended"));
        return ContainerAttached.open(container, log, inputs, wanted);
    }

    @Override
    public Dialed dial(String sandboxId, int port) throws IOException {
        Sandbox sandbox = ready(sandboxId);
        return PodDialer.dial(parts.network(sandbox.record()), port);
    }

    /** The daemon ends and not its clients: from now on no client that goes ends the input of its container. */
    public void leave() {
        inputs.leave();
    }
}
