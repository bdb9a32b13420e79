package io.windlass.cri.cli;

import io.windlass.cri.v1.Container;
import io.windlass.cri.v1.ListContainersRequest;
import io.windlass.cri.v1.ListPodSandboxRequest;
import io.windlass.cri.v1.PodSandbox;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Finds what a person means by a name, an id or the beginning of an id. Of several attempts with one name, the newest is meant. */
final class Ids {

    private final Connection runtime;

    Ids(Connection runtime) {
        this.runtime = runtime;
    }

    /**
     * The container.
     *
     * @throws IllegalArgumentException when there is none, or the prefix fits several
     */
    Container container(String text) {
        return findContainer(text)
                .orElseThrow(() -> new IllegalArgumentException("no container is called " + text + "; windlass ps -a lists all"));
    }

    /** The container, if there is one. */
    Optional<Container> findContainer(String text) {
        List<Container> all = runtime.runtime().listContainers(ListContainersRequest.getDefaultInstance()).getContainersList();
        return pick(text, all, Container::getId, c -> c.getMetadata().getName(), Container::getCreatedAt);
    }

    /**
     * The pod.
     *
     * @throws IllegalArgumentException when there is none, or the prefix fits several
     */
    PodSandbox pod(String text) {
        return findPod(text).orElseThrow(() -> new IllegalArgumentException("no pod is called " + text + "; windlass pods lists all"));
    }

    /** The pod, if there is one. */
    Optional<PodSandbox> findPod(String text) {
        List<PodSandbox> all = runtime.runtime().listPodSandbox(ListPodSandboxRequest.getDefaultInstance()).getItemsList();
        return pick(text, all, PodSandbox::getId, p -> p.getMetadata().getName(), PodSandbox::getCreatedAt);
    }

    /** Whether a pod has exactly this name. */
    boolean isTaken(String name) {
        return runtime.runtime().listPodSandbox(ListPodSandboxRequest.getDefaultInstance()).getItemsList().stream()
                .anyMatch(pod -> pod.getMetadata().getName().equals(name));
    }

    static <T> Optional<T> pick(String text, List<T> all, Function<T, String> id, Function<T, String> name, Function<T, Long> created) {
        List<T> named = new ArrayList<>();
        List<T> prefixed = new ArrayList<>();
        for (T object : all) {
            if (id.apply(object).equals(text)) {
                return Optional.of(object);
            }
            if (name.apply(object).equals(text)) {
                named.add(object);
            } else if (id.apply(object).startsWith(text)) {
                prefixed.add(object);
            }
        }
        if (named.isEmpty() && prefixed.size() > 1) {
            throw new IllegalArgumentException(text + " is the beginning of " + prefixed.size() + " ids: give more of it");
        }
        return named.isEmpty() ? prefixed.stream().findFirst() : named.stream().max(Comparator.comparing(created));
    }
}
