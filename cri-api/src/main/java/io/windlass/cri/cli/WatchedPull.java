package io.windlass.cri.cli;

import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.windlass.cri.progress.v1.PullEvent;
import io.windlass.cri.v1.PullImageRequest;
import java.util.Iterator;

/** A pull with progress where the runtime can tell it, and without where it only has the CRI. */
final class WatchedPull {

    private final Connection runtime;

    WatchedPull(Connection runtime) {
        this.runtime = runtime;
    }

    /** Pulls, and returns the reference to use from then on. */
    String pull(PullImageRequest request, PullView view) {
        try (view) {
            Iterator<PullEvent> events = runtime.pulls().pull(request);
            String ref = "";
            while (events.hasNext()) {
                PullEvent event = events.next();
                view.show(event);
                if (event.hasComplete()) {
                    ref = event.getComplete().getImageRef();
                }
            }
            return ref;
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() != Code.UNIMPLEMENTED) {
                throw e;
            }
            return runtime.patientImages().pullImage(request).getImageRef();
        }
    }
}
