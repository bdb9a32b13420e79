package io.windlass.cri.container;

import io.windlass.cri.container.ContainerRecord.Volume;
import io.windlass.cri.container.spec.ContainerUser;
import io.windlass.cri.container.spec.SecurityProfiles;
import io.windlass.cri.container.spec.StopSignal;
import io.windlass.cri.error.CriException;
import io.windlass.cri.event.Events;
import io.windlass.cri.sandbox.Sandbox;
import io.windlass.cri.sandbox.SandboxStore;
import io.windlass.cri.store.Clocks;
import io.windlass.cri.store.ObjectId;
import io.windlass.cri.v1.ContainerConfig;
import io.windlass.cri.v1.ContainerEventType;
import io.windlass.cri.v1.CreateContainerRequest;
import io.windlass.cri.v1.CreateContainerResponse;
import io.windlass.snapshotter.image.Image;
import io.windlass.snapshotter.image.Images;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;

/**
 * Prepares a container in a sandbox: everything that can be refused is refused here, and nothing runs yet.
 *
 * <p>
 * A second request with the same sandbox, name and attempt joins the first or gets its container.
 */
public final class CreateContainer {
    private static final String SPECIFICATION_HASH = "io.kubernetes.container.hash";

    private final ContainerStore store;
    private final SandboxStore sandboxes;
    private final Images images;
    private final ImageAccounts accounts;
    private final ContainerParts parts;
    private final PreparedStarts starts;
    private final Events events;
    private final InstantSource clock;

    CreateContainer(ContainerStore store, SandboxStore sandboxes, Images images, ImageAccounts accounts, ContainerParts parts,
            PreparedStarts starts, Events events, InstantSource clock) {
        this.store = store;
        this.sandboxes = sandboxes;
        this.images = images;
        this.accounts = accounts;
        this.parts = parts;
        this.starts = starts;
        this.events = events;
        this.clock = clock;
    }

    /**
     * @throws CriException INVALID_ARGUMENT naming the field, NOT_FOUND for the sandbox or the image, FAILED_PRECONDITION for a stopped sandbox
     */
    public CreateContainerResponse call(CreateContainerRequest request) throws Exception {
        ContainerValidation.check(request);
        BindMounts.check(request.getConfig().getMountsList());
        var sandbox = sandboxes.require(request.getPodSandboxId());
        var key = ContainerKey.of(sandbox.id(), request.getConfig().getMetadata());
        var id = store.creations().create(key, () -> create(request, sandbox));
        checkSame(id, request);
        return CreateContainerResponse.newBuilder().setContainerId(id.value()).build();
    }

    private ObjectId create(CreateContainerRequest request, Sandbox sandbox) throws Exception {
        var lock = sandbox.lock().readLock();
        lock.lock();
        try {
            Sandboxes.requireReady(sandbox);
            ContainerIds.check(request.getConfig(), sandbox.record());
            var record = record(request, sandbox);
            ContainerIds.checkUser(record, sandbox.record());
            var container = parts.create(record, sandbox.record(),
                    () -> events.container(record.id(), sandbox.id(), ContainerEventType.CONTAINER_CREATED_EVENT));
            starts.prepare(container, sandbox.record());
            return record.id();
        } catch (IllegalArgumentException e) {
            throw CriException.invalidArgument(String.valueOf(e.getMessage()));
        } finally {
            lock.unlock();
        }
    }

    private ContainerRecord record(CreateContainerRequest request, Sandbox sandbox) throws Exception {
        var config = request.getConfig();
        var context = config.getLinux().getSecurityContext();
        if (context.getPrivileged() && !sandbox.record().config().getLinux().getSecurityContext().getPrivileged()) {
            throw CriException.invalidArgument("security_context.privileged needs a privileged sandbox, which " + sandbox.id() + " is not");
        }
        SecurityProfiles.seccomp(context);
        var image = image(config.getImage().getImage());
        var facts = ImageFactsReader.of(image);
        var user = ContainerUser.resolve(context, facts.user(), accounts.of(image.chainId()));
        var logDirectory = request.getSandboxConfig().getLogDirectory().isEmpty()
                ? sandbox.record().config().getLogDirectory()
                : request.getSandboxConfig().getLogDirectory();
        int signal = StopSignal.number(config.getStopSignal());
        if (signal == 0) {
            signal = facts.stopSignal().isEmpty() ? StopSignal.SIGTERM : StopSignal.parse(facts.stopSignal());
        }
        return new ContainerRecord(ObjectId.random(), sandbox.id(), config, Clocks.nanos(clock), facts, user,
                logPath(logDirectory, config.getLogPath()), signal, config.getLinux().getResources(), volumes(request, facts.volumes()),
                ImageMounts.find(config.getMountsList(), images), new ContainerLife.Created());
    }

    private Image image(String name) throws Exception {
        return images.find(name).orElseThrow(() -> CriException.notFound("image \"" + name + "\" is not on this node: pull it first"));
    }

    private static String logPath(String directory, String path) {
        if (directory.isEmpty() || path.isEmpty()) {
            return "";
        }
        if (!directory.startsWith("/") || (directory + "/").contains("/../") || directory.indexOf('\0') >= 0) {
            throw CriException.invalidArgument("sandbox_config.log_directory \"" + directory.replace('\0', '?')
                    + "\" is not an absolute path without \"..\"");
        }
        return Path.of(directory, path).toString();
    }

    /** A volume of the image gives way to a mount of the request at the same place. */
    private static List<Volume> volumes(CreateContainerRequest request, List<String> paths) {
        var mounted = request.getConfig().getMountsList().stream().map(mount -> Path.of(mount.getContainerPath()).normalize()).toList();
        var wanted = paths.stream().map(path -> Path.of("/", path).normalize()).filter(path -> path.getNameCount() > 0).distinct()
                .filter(path -> !mounted.contains(path)).sorted().toList();
        return wanted.stream().map(path -> new Volume(path.toString(), String.valueOf(wanted.indexOf(path)))).toList();
    }

    /**
     * A kubelet's retry is never equal: the place on the host of the termination message is drawn anew, and variables from a config map come in any
     * order. It tells by a hash of the pod's specification whether it means the same container; what it finds by that, as an image of a tag that has been
     * moved meanwhile or the values of a config map, may have changed.
     */
    private static boolean isSame(ContainerConfig one, ContainerConfig other) {
        var hash = one.getAnnotationsOrDefault(SPECIFICATION_HASH, "");
        return one.equals(other) || !hash.isEmpty() && hash.equals(other.getAnnotationsOrDefault(SPECIFICATION_HASH, ""))
                && one.getImage().equals(other.getImage()) && areSame(one.getEnvsList(), other.getEnvsList())
                && areSame(one.getDevicesList(), other.getDevicesList()) && areSame(one.getCDIDevicesList(), other.getCDIDevicesList());
    }

    private static boolean areSame(List<?> one, List<?> other) {
        return Set.copyOf(one).equals(Set.copyOf(other));
    }

    private void checkSame(ObjectId id, CreateContainerRequest request) {
        var metadata = request.getConfig().getMetadata();
        var existing = store.get(id).map(Container::record).orElseThrow(() -> CriException.unavailable("container " + metadata.getName()
                + " attempt " + metadata.getAttempt() + " was removed as soon as it was made as " + id + ": try again"));
        boolean same = existing.life() instanceof ContainerLife.Created && isSame(existing.config(), request.getConfig());
        if (!same) {
            throw CriException.alreadyExists("container " + metadata.getName() + " attempt " + metadata.getAttempt() + " exists as " + id
                    + ", started or with another configuration: remove it, or raise the attempt");
        }
    }
}
