package io.windlass.cri.cli;

import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.windlass.cri.cli.args.Arguments;
import io.windlass.cri.cli.args.Option;
import io.windlass.cri.cli.args.Usage;
import io.windlass.cri.v1.AttachRequest;
import io.windlass.cri.v1.ContainerStatus;
import io.windlass.cri.v1.CreateContainerRequest;
import io.windlass.cri.v1.ImageSpec;
import io.windlass.cri.v1.ImageStatusRequest;
import io.windlass.cri.v1.PodSandboxConfig;
import io.windlass.cri.v1.PullImageRequest;
import io.windlass.cri.v1.RunPodSandboxRequest;
import io.windlass.cri.v1.StartContainerRequest;
import io.windlass.cri.v1.StopContainerRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import sun.misc.Signal;

/** {@code windlass run}: a pod with one container. In the foreground it shows what that writes and exits with the container's code. */
final class Run implements Verb {

    private static final int STOP_SECONDS = 10;
    private static final char NO_LETTER = 0;

    @Override
    public Usage usage() {
        return Usage.of("run", "Run a command in a new container, in a pod of its own.").command("IMAGE [ARGUMENT…]", 1)
                .with(Option.flag("detach", 'd', "Print the container's id and leave it running."),
                        Option.flag("rm", NO_LETTER, "Remove pod and container at the end; not where it is left running."),
                        Option.of("name", NO_LETTER, "NAME", "Name of pod and container."),
                        Option.of("env", 'e', "KEY=VALUE", "Set a variable; repeatable."),
                        Option.of("volume", 'v', "/HOST:/CONTAINER[:ro]", "Mount a host directory or file; repeatable."),
                        Option.of("publish", 'p', "HOST:CONTAINER", "Publish a port; repeatable."),
                        Option.of("workdir", 'w', "DIR", "Directory to start in."), Option.of("user", 'u', "USER", "User id or name."),
                        Option.of("entrypoint", NO_LETTER, "PROGRAM", "Run this instead of the image's entrypoint."),
                        Option.of("hostname", NO_LETTER, "NAME", "Host name of the pod."),
                        Option.of("dns", NO_LETTER, "IP", "Name server; repeatable."),
                        Option.of("network", NO_LETTER, "pod|host", "Whose network. Default pod."),
                        Option.of("memory", 'm', "BYTES", "Memory limit, such as 512m."),
                        Option.of("cpus", NO_LETTER, "N", "CPU limit, such as 1.5."),
                        Option.of("label", 'l', "KEY=VALUE", "Label of the container; repeatable."),
                        Option.flag("interactive", 'i', "Pass on standard input."), Option.flag("tty", 't', "Give it a terminal."),
                        Option.flag("read-only", NO_LETTER, "Make the root file system read-only."),
                        Option.flag("privileged", NO_LETTER, "Give it all rights of the host's root."),
                        Option.flag("pull", NO_LETTER, "Pull the image even if it is here."))
                .with(Connection.OPTIONS);
    }

    @Override
    public int run(Arguments arguments, Output out) throws IOException, InterruptedException {
        try (Connection runtime = Connection.open(arguments)) {
            arguments.last("name").ifPresent(name -> refuseTaken(runtime, name));
            String image = image(runtime, arguments, out);
            String uid = UUID.randomUUID().toString();
            String name = arguments.last("name").orElseGet(() -> shortName(arguments.first()) + "-" + uid.substring(0, 6));
            RunRequest request = new RunRequest(arguments, name, uid);
            Path logs = Files.createDirectories(RunPods.logRoot().resolve(name + "_" + uid));
            PodSandboxConfig config = request.pod(logs);
            String pod = runtime.patient().runPodSandbox(RunPodSandboxRequest.newBuilder().setConfig(config).build()).getPodSandboxId();
            try {
                String id = runtime.patient()
                        .createContainer(CreateContainerRequest.newBuilder().setPodSandboxId(pod).setConfig(request.container(image))
                                .setSandboxConfig(config).build())
                        .getContainerId();
                runtime.patient().startContainer(StartContainerRequest.newBuilder().setContainerId(id).build());
                if (arguments.has("detach")) {
                    out.line(id);
                    return 0;
                }
                OptionalInt code = foreground(runtime, id, arguments, logs.resolve(name + ".log"), out);
                if (code.isEmpty()) {
                    out.err().println("windlass: detached, " + name + " runs on");
                    return 0;
                }
                if (arguments.has("rm")) {
                    RunPods.remove(runtime, pod, true);
                }
                return code.getAsInt();
            } catch (StatusRuntimeException e) {
                RunPods.remove(runtime, pod, true); // a pod whose only container does not start is of no use
                throw e;
            }
        }
    }

    private static void refuseTaken(Connection runtime, String name) {
        if (new Ids(runtime).isTaken(name)) {
            throw new IllegalArgumentException("a pod is called " + name + " already: windlass rm " + name + ", or another --name");
        }
    }

    /**
     * Shows what the container writes until its end. The first SIGINT or SIGTERM stops it; on a terminal of its own the keys are the container's.
     *
     * @return its exit code; empty where the person has left it by the detach keys
     */
    private static OptionalInt foreground(Connection runtime, String id, Arguments arguments, Path log, Output out)
            throws IOException, InterruptedException {
        for (String name : new String[]{"TERM", "INT"}) {
            Signal.handle(new Signal(name), signal -> Thread.ofVirtual().start(() -> runtime.patient()
                    .stopContainer(StopContainerRequest.newBuilder().setContainerId(id).setTimeout(STOP_SECONDS).build())));
        }
        ContainerStatus status;
        if (arguments.has("interactive") && arguments.has("tty")) {
            try (RawTerminal terminal = RawTerminal.open()) {
                if (attach(runtime, AttachRequest.newBuilder().setContainerId(id).setStdin(true).setStdout(true).setTty(true), terminal,
                        out)) {
                    return OptionalInt.empty();
                }
            }
            status = new Following(runtime, id).untilEnd();
        } else {
            if (arguments.has("interactive")) {
                Thread.ofPlatform().daemon().start(() -> feed(runtime, id, out));
            }
            try (LogTail tail = new LogTail(log, out, false)) {
                status = new Following(runtime, id).until(tail);
            }
        }
        if (!status.getMessage().isEmpty()) {
            out.err().println("windlass: " + status.getMessage());
        }
        return OptionalInt.of(status.getExitCode());
    }

    /** Only the input goes by the stream: the log has all output, also that of before. */
    private static void feed(Connection runtime, String id, Output out) {
        try {
            attach(runtime, AttachRequest.newBuilder().setContainerId(id).setStdin(true), null, out);
        } catch (IOException | StatusRuntimeException e) {
            out.err().println("windlass: standard input is not passed on: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * A container that has ended meanwhile is no error: its status is asked for next.
     *
     * @return whether the person has left it by the detach keys
     */
    private static boolean attach(Connection runtime, AttachRequest.Builder request, @Nullable RawTerminal terminal, Output out)
            throws IOException, InterruptedException {
        try {
            return ExecStream.run(runtime.runtime().attach(request.build()).getUrl(), System.in, terminal, out).detached();
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() != Code.FAILED_PRECONDITION) {
                throw e;
            }
            return false;
        }
    }

    private static String image(Connection runtime, Arguments arguments, Output out) {
        ImageSpec spec = ImageSpec.newBuilder().setImage(arguments.first()).build();
        if (!arguments.has("pull")) {
            var status = runtime.images().imageStatus(ImageStatusRequest.newBuilder().setImage(spec).build());
            if (status.hasImage()) {
                return status.getImage().getId();
            }
        }
        return new WatchedPull(runtime).pull(PullImageRequest.newBuilder().setImage(spec).build(), PullView.on(out));
    }

    static String shortName(String image) {
        String last = image.substring(image.lastIndexOf('/') + 1).split("[:@]", 2)[0];
        String plain = last.replaceAll("[^a-z0-9-]", "-").replaceAll("^-+|-+$", "");
        return plain.isEmpty() ? "run" : plain;
    }
}
