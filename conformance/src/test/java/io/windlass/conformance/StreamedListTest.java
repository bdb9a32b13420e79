package io.windlass.conformance;

import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.cri.v1.Container;
import io.windlass.cri.v1.ContainerFilter;
import io.windlass.cri.v1.ContainerState;
import io.windlass.cri.v1.ContainerStateValue;
import io.windlass.cri.v1.Image;
import io.windlass.cri.v1.ListContainersRequest;
import io.windlass.cri.v1.ListImagesRequest;
import io.windlass.cri.v1.ListPodSandboxRequest;
import io.windlass.cri.v1.PodSandbox;
import io.windlass.cri.v1.PodSandboxFilter;
import io.windlass.cri.v1.StreamContainersRequest;
import io.windlass.cri.v1.StreamContainersResponse;
import io.windlass.cri.v1.StreamImagesRequest;
import io.windlass.cri.v1.StreamPodSandboxesRequest;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The Stream calls: the same answers as the List calls, in as many messages as they need. */
@OnNode
@DiffersOn(value = "containerd", why = "1.6 has no streamed lists")
class StreamedListTest {

    @Test
    void giveWhatTheListsGive(Node node) throws Exception {
        try (Pod pod = Pod.run(node, config -> config.putLabels("which", "one")); Pod other = Pod.run(node)) {
            pod.script("sleep 1000");
            pod.create(config -> {
            });
            other.script("sleep 1000");
            var cri = node.cri().runtime();
            for (var filter : List.of(ContainerFilter.getDefaultInstance(), ContainerFilter.newBuilder().setPodSandboxId(pod.id()).build(),
                    ContainerFilter.newBuilder().setState(ContainerStateValue.newBuilder().setState(ContainerState.CONTAINER_CREATED))
                            .build())) {
                List<Container> streamed = new ArrayList<>();
                cri.streamContainers(StreamContainersRequest.newBuilder().setFilter(filter).build())
                        .forEachRemaining(part -> streamed.addAll(part.getContainersList()));
                assertThat(streamed).isNotEmpty().isEqualTo(
                        cri.listContainers(ListContainersRequest.newBuilder().setFilter(filter).build()).getContainersList());
            }
            for (var filter : List.of(PodSandboxFilter.getDefaultInstance(),
                    PodSandboxFilter.newBuilder().putLabelSelector("which", "one").build())) {
                List<PodSandbox> streamed = new ArrayList<>();
                cri.streamPodSandboxes(StreamPodSandboxesRequest.newBuilder().setFilter(filter).build())
                        .forEachRemaining(part -> streamed.addAll(part.getPodSandboxesList()));
                assertThat(streamed).isNotEmpty().isEqualTo(
                        cri.listPodSandbox(ListPodSandboxRequest.newBuilder().setFilter(filter).build()).getItemsList());
            }
            List<Image> streamed = new ArrayList<>();
            node.cri().images().streamImages(StreamImagesRequest.getDefaultInstance())
                    .forEachRemaining(part -> streamed.addAll(part.getImagesList()));
            assertThat(streamed).isNotEmpty()
                    .isEqualTo(node.cri().images().listImages(ListImagesRequest.getDefaultInstance()).getImagesList());
        }
    }

    @Test
    void comeInPartsOfAtMostAMegabyte(Node node) throws Exception {
        String large = "x".repeat(200_000);
        try (Pod pod = Pod.run(node)) {
            List<PodContainer> made = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                made.add(pod.create(config -> config.putAnnotations("large", large)));
            }
            List<StreamContainersResponse> parts = new ArrayList<>();
            Iterator<StreamContainersResponse> answers = node.cri().runtime().streamContainers(StreamContainersRequest.newBuilder()
                    .setFilter(ContainerFilter.newBuilder().setPodSandboxId(pod.id())).build());
            answers.forEachRemaining(parts::add);
            assertThat(parts).hasSize(3).allSatisfy(part -> assertThat(part.getSerializedSize()).isLessThan((1 << 20) + 1000));
            assertThat(parts.stream().flatMap(part -> part.getContainersList().stream()).map(Container::getId))
                    .containsExactlyInAnyOrderElementsOf(made.stream().map(PodContainer::id).toList());
        }
    }

    @Test
    void endAtOnceWhereThereIsNothing(Node node) {
        assertThat(node.cri().runtime().streamContainers(StreamContainersRequest.newBuilder()
                .setFilter(ContainerFilter.newBuilder().setPodSandboxId("0".repeat(64))).build()).hasNext()).isFalse();
    }
}
