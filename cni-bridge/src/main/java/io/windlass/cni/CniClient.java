package io.windlass.cni;

import io.windlass.cni.NetworkException.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The network that a configuration list describes and plugins make (CNI specification 1.1).
 *
 * <p>
 * ADD runs the plugins in order, each with the result of the one before; DEL and CHECK use the record of ADD: its configuration, its
 * arguments, its result. A new record is on disk before the first plugin runs. Where the record came to harm, DEL uses what is configured now.
 */
public final class CniClient implements PodNetwork {
    private final ConfigDirectory directory;
    private final AttachmentStore store;
    private final PluginExec exec;
    private final LeftPlugins left;
    private final ReentrantReadWriteLock operations = new ReentrantReadWriteLock();
    private final StatusProbe probe = new StatusProbe(this::probe);
    private final @Nullable TemplatedConfig template;

    /**
     * @param confDir the directory of network configurations; it need not exist
     * @param binDirs the directories of plugins, searched in order
     * @param root a directory for records, made when needed
     * @param deadline for one run of one plugin
     * @param template a file of which the configuration is made as soon as the pods' networks are known, or null
     */
    public CniClient(Path confDir, List<Path> binDirs, Path root, Duration deadline, @Nullable Path template) {
        this.directory = new ConfigDirectory(confDir);
        this.store = new AttachmentStore(root.resolve(AttachmentStore.DIRECTORY));
        this.exec = new PluginExec(PluginEnvironment.of(binDirs), deadline);
        this.left = new LeftPlugins(deadline);
        this.template = template == null ? null : new TemplatedConfig(template, directory);
    }

    /**
     * Finds the plugins that an earlier daemon was killed over: the operations that follow on their attachments wait for their ends. To be called
     * before anything else is.
     */
    public void findLeftPlugins() throws NetworkException {
        try {
            store.deleteUnfinished();
            left.find(store.list().stream().map(AttachmentRecord::sandboxId).collect(Collectors.toSet()));
        } catch (IOException e) {
            throw new NetworkException(Kind.FAILED, "plugins of an earlier daemon cannot be looked for: " + e.getMessage(), e);
        }
    }

    /** Reads the configuration again whenever it changes, to tell in the log what is wrong with it; close what is returned. */
    public AutoCloseable watch() throws IOException {
        return ConfigWatch.start(directory.path(), directory::contents);
    }

    /** Says whether the directory holds no configuration at all, so that another network may stand in. */
    boolean isUnconfigured() {
        return template == null && directory.contents() instanceof ConfigDirectory.Contents.Empty;
    }

    @Override
    public NetworkResult add(Attachment attachment, Netns netns) throws NetworkException {
        NetworkConfigList list = requireList();
        for (PluginConfig plugin : list.plugins()) {
            exec.find(list, plugin); // one that is not there cannot take anything back either
        }
        AttachmentRecord record = AttachmentRecord.of(attachment, netns, list);
        operations.readLock().lock();
        try {
            return add(attachment, record, netns);
        } finally {
            operations.readLock().unlock();
        }
    }

    private NetworkResult add(Attachment attachment, AttachmentRecord record, Netns netns) throws NetworkException {
        Optional<AttachmentRecord> earlier = store.find(attachment);
        if (earlier.isPresent()) { // an ADD that was cut short: there must be a DEL between two
            del(earlier.get(), netns);
        }
        store.put(record);
        try {
            return run(record, netns);
        } catch (NetworkException e) {
            try {
                del(record, netns);
            } catch (NetworkException left) {
                e.addSuppressed(left);
            }
            throw e;
        }
    }

    private NetworkResult run(AttachmentRecord record, Netns netns) throws NetworkException {
        NetworkConfigList list = record.network();
        try {
            netns.loopbackUp();
        } catch (IOException e) {
            throw new NetworkException(Kind.FAILED, list.label() + ": loopback in " + netns.path() + ": " + e.getMessage(), e);
        }
        ObjectNode result = null;
        for (PluginConfig plugin : list.plugins()) {
            result = exec.add(record, plugin, result);
        }
        try {
            NetworkResult decoded = ResultCodec.decode(list.name(), Objects.requireNonNull(result));
            if (decoded.ips().isEmpty()) {
                throw new ConfigException("it has no address: give the list a plugin with \"ipam\"");
            }
            store.put(record.withResult(result));
            return decoded;
        } catch (ConfigException e) {
            throw new NetworkException(Kind.FAILED, list.label() + ": the result of plugin \"" + list.plugins().getLast().type()
                    + "\" cannot be used: " + e.getMessage(), e);
        }
    }

    @Override
    public void del(Attachment attachment, @Nullable Netns netns) throws NetworkException {
        Optional<AttachmentRecord> record = found(attachment, netns);
        if (record.isPresent()) {
            locked(record.get(), netns);
        }
    }

    private Optional<AttachmentRecord> found(Attachment attachment, @Nullable Netns netns) throws NetworkException {
        try {
            return store.find(attachment);
        } catch (NetworkException e) {
            return Optional.of(madeAnew(attachment, netns, store.damage(attachment).orElseThrow(() -> e)));
        }
    }

    /** In the place of a record that came to harm: with the list that is in use now and without a result, as of a runtime that keeps none. */
    private AttachmentRecord madeAnew(Attachment attachment, @Nullable Netns netns, NetworkException damage) throws NetworkException {
        NetworkConfigList list;
        try {
            list = requireList();
        } catch (NetworkException e) { // that speaks of pods to come
            damage.addSuppressed(e);
            throw damage;
        }
        AttachmentRecord record = AttachmentRecord.of(attachment, netns, list);
        store.replace(record);
        return record;
    }

    private void locked(AttachmentRecord record, @Nullable Netns netns) throws NetworkException {
        operations.readLock().lock();
        try {
            del(record, netns);
        } finally {
            operations.readLock().unlock();
        }
    }

    /** Runs every plugin, also after one failed; the record goes when all have succeeded. */
    private void del(AttachmentRecord record, @Nullable Netns netns) throws NetworkException {
        left.awaitEnds(record.sandboxId());
        String path = netns != null && netns.exists() ? netns.path().toString() : "";
        NetworkException failure = null;
        for (PluginConfig plugin : record.network().plugins().reversed()) {
            try {
                exec.del(record, plugin, path);
            } catch (NetworkException e) {
                failure = and(failure, e);
            }
        }
        if (failure != null) {
            throw failure;
        }
        store.remove(record);
    }

    @Override
    public void check(Attachment attachment, Netns netns) throws NetworkException {
        Optional<AttachmentRecord> found = store.find(attachment);
        if (found.isEmpty() || found.get().result() == null) {
            throw new NetworkException(Kind.FAILED, "sandbox " + attachment.sandboxId() + " is not attached by interface "
                    + attachment.ifName() + ": there is no record of it");
        }
        AttachmentRecord record = found.get();
        left.awaitEnds(record.sandboxId());
        if (record.network().version().hasCheck() && !record.network().disableCheck()) {
            for (PluginConfig plugin : record.network().plugins()) {
                exec.check(record, plugin, netns.path().toString());
            }
        }
    }

    /** Says whether this network made the attachment. */
    boolean has(Attachment attachment) throws NetworkException {
        return store.find(attachment).isPresent();
    }

    @Override
    public NetworkStatus status() {
        NetworkConfigList list;
        try {
            list = requireList();
            for (PluginConfig plugin : list.plugins()) {
                exec.find(list, plugin);
            }
        } catch (NetworkException e) {
            return NetworkStatus.notReady("", String.valueOf(e.getMessage()));
        }
        NetworkStatus status = list.version().hasStatusAndGc() ? probe.ask(list) : NetworkStatus.ready(list.name());
        if (status.ready()
                && directory.contents() instanceof ConfigDirectory.Contents.Network(NetworkConfigList used, List<String> problems)
                && !problems.isEmpty()) {
            return new NetworkStatus(true, list.name(), NetworkStatus.INVALID_CONFIGURATION,
                    "network \"" + used.name() + "\" stays in use, as a newer configuration is not valid: " + String.join("; ", problems));
        }
        return status;
    }

    private NetworkStatus probe(NetworkConfigList list) {
        try {
            for (PluginConfig plugin : list.plugins()) {
                exec.runForNetwork(PluginCommand.STATUS, list, plugin, PluginInput.forNetwork(list, plugin));
            }
            return NetworkStatus.ready(list.name());
        } catch (NetworkException e) {
            return NetworkStatus.notReady(list.name(), String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void usePodCidrs(List<Cidr> networks) throws NetworkException {
        if (template != null) {
            template.render(networks);
        }
    }

    @Override
    public void collect(Predicate<String> living) throws NetworkException {
        NetworkException failure = null;
        for (AttachmentRecord record : store.list()) {
            if (!living.test(record.sandboxId())) {
                try {
                    locked(record, record.netns().isEmpty() ? null : Netns.at(Path.of(record.netns())));
                } catch (NetworkException e) {
                    failure = and(failure, e);
                }
            }
        }
        if (directory.contents() instanceof ConfigDirectory.Contents.Network(NetworkConfigList list, List<String> problems)
                && list.version().hasStatusAndGc() && !list.disableGc()) {
            if (!operations.writeLock().tryLock()) { // there may be no ADD and no DEL beside a GC
                throw new NetworkException(Kind.TRY_AGAIN, list.label() + ": GC has to wait for an ADD or a DEL that is running");
            }
            try {
                failure = gc(list, living, failure);
            } finally {
                operations.writeLock().unlock();
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Runs GC with the attachments that are left, so that plugins give back what no record tells of. */
    private @Nullable NetworkException gc(NetworkConfigList list, Predicate<String> living, @Nullable NetworkException earlier)
            throws NetworkException {
        NetworkException failure = earlier;
        List<AttachmentStore.Key> valid = valid(list, living);
        for (PluginConfig plugin : list.plugins()) {
            ObjectNode input = PluginInput.forNetwork(list, plugin);
            ArrayNode attachments = input.putArray("cni.dev/valid-attachments");
            valid.forEach(key -> attachments.addObject().put("containerID", key.sandboxId()).put("ifname", key.ifName()));
            try {
                exec.runForNetwork(PluginCommand.GC, list, plugin, input);
            } catch (NetworkException e) {
                failure = and(failure, e);
            }
        }
        return failure;
    }

    /** A living sandbox whose record cannot be read may be of any network: to name it in vain costs nothing, to omit it its address. */
    private List<AttachmentStore.Key> valid(NetworkConfigList list, Predicate<String> living) throws NetworkException {
        AttachmentStore.Contents contents = store.contents();
        return Stream.concat(
                contents.records().stream().filter(record -> record.network().name().equals(list.name()))
                        .map(record -> new AttachmentStore.Key(record.sandboxId(), record.ifName())),
                contents.unreadable().stream().filter(key -> living.test(key.sandboxId()))).toList();
    }

    private static NetworkException and(@Nullable NetworkException first, NetworkException next) {
        if (first == null) {
            return next;
        }
        first.addSuppressed(next);
        return first;
    }

    private NetworkConfigList requireList() throws NetworkException {
        return switch (directory.contents()) {
            case ConfigDirectory.Contents.Network(NetworkConfigList list, List<String> problems) -> list;
            case ConfigDirectory.Contents.Empty() when template != null -> throw new NetworkException(Kind.NOT_READY,
                    "no network configuration in " + directory.path() + ": template " + template.template() + " waits for the pod CIDR");
            case ConfigDirectory.Contents.Empty() -> throw new NetworkException(Kind.NOT_READY, "no network configuration in "
                    + directory.path() + ": put a network list (*.conflist) there, or set cni.default_subnet for the built-in bridge");
            case ConfigDirectory.Contents.Removed(String network) -> throw new NetworkException(Kind.NOT_READY, "network \"" + network
                    + "\" was removed from " + directory.path()
                    + ": put a network list (*.conflist) there, or restart for the built-in bridge of cni.default_subnet");
            case ConfigDirectory.Contents.Unusable(List<String> problems) -> throw new NetworkException(Kind.NOT_READY,
                    "no usable network configuration in " + directory.path() + ": " + String.join("; ", problems));
        };
    }
}
