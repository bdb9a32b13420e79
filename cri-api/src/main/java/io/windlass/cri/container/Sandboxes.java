package io.windlass.cri.container;

import io.windlass.cri.error.CriException;
import io.windlass.cri.sandbox.Sandbox;
import io.windlass.cri.sandbox.SandboxState;

/** What containers want of their sandbox. */
final class Sandboxes {
    private Sandboxes() {}

    /** @throws CriException FAILED_PRECONDITION unless the sandbox is ready */
    static void requireReady(Sandbox sandbox) {
        if (sandbox.record().state() != SandboxState.READY) {
            throw CriException.failedPrecondition("sandbox " + sandbox.id() + " is not ready: run a new one");
        }
    }
}
