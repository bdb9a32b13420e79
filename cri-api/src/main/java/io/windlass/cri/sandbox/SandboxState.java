package io.windlass.cri.sandbox;

import io.windlass.cri.v1.PodSandboxState;

/**
 * Where a sandbox is in its life.
 *
 * <pre>
 *              everything is up
 *   CREATING ────────────────────▶ READY
 *      │                             │ StopPodSandbox, or its namespaces were found gone
 *      │ undoing failed in part      ▼
 *      ▼                         NOT_READY ──▶ removed
 *  UNFINISHED ──▶ removed
 * </pre>
 *
 * A sandbox is recorded as CREATING before its network is touched. A daemon that finds such a record takes it as UNFINISHED: what there is of it
 * is taken back by StopPodSandbox and RemovePodSandbox, and by a RunPodSandbox of the same name, for nobody was ever told that it was ready.
 */
public enum SandboxState {
    CREATING, READY, NOT_READY, UNFINISHED;

    /** Returns the state as a client sees it. */
    public PodSandboxState toCri() {
        return this == READY ? PodSandboxState.SANDBOX_READY : PodSandboxState.SANDBOX_NOTREADY;
    }

    /** Returns whether the one may follow the other. */
    public boolean mayBecome(SandboxState next) {
        return switch (this) {
            case CREATING -> next != CREATING;
            case READY, NOT_READY -> next == NOT_READY;
            case UNFINISHED -> false;
        };
    }
}
