package io.windlass.cri.config;

import io.windlass.cri.config.Config.Cgroup.Driver;
import io.windlass.cri.config.Config.Log.Level;
import io.windlass.snapshotter.oci.Reference;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** All keys, in the order they are printed in: keys of the top first, then table by table. */
final class Settings {

    static final Setting<Path> ROOT = path("root", "/var/lib/windlass", "What outlives a reboot: images, snapshots and records.");
    static final Setting<Path> STATE = path("state", "/run/windlass", "What a reboot loses: namespaces and exit records.");
    static final Setting<Path> SOCKET = path("socket", "/run/windlass/windlass.sock",
            "The CRI socket. Unset, it is windlass.sock in the state directory.");
    static final Setting<String> SANDBOX_IMAGE = new Setting<>("sandbox_image", "registry.k8s.io/pause:3.10.1", Kind.text(),
            "Reported to tools that ask for a pause image. No sandbox needs one.");
    static final Setting<Set<String>> HANDLERS = new Setting<>("runtime_handlers", Set.of(), new HandlerNames(),
            "Names by which a RuntimeClass may ask for this runtime, as in [\"runc\"]. The default one needs none.");
    static final Setting<Long> SHUTDOWN = number("shutdown_seconds", 10, 0, 3600,
            "How long calls under way may take after SIGTERM. Containers run on.");
    static final Setting<Long> MAX_MESSAGE = number("max_message_bytes", 16 << 20, 4 << 20, 1 << 30, "Longest gRPC message taken.");

    static final Setting<Path> CNI_CONF = path("cni.conf_dir", "/etc/cni/net.d",
            "Where network config lists are looked for. Without one, pods wait for it, or get the built-in bridge where default_subnet is set.");
    static final Setting<String> CNI_TEMPLATE = new Setting<>("cni.conf_template", "", new OptionalPath(),
            "Where a template of a network config list is, as containerd has it: written into conf_dir once the kubelet tells the pod CIDR.\n"
                    + "Pods wait for that. Empty, there is none.");
    static final Setting<Long> CNI_DEADLINE = number("cni.plugin_timeout_seconds", 90, 1, 600,
            "How long one run of a CNI plugin may take; then it is killed.");
    static final Setting<List<Path>> CNI_BIN = paths("cni.bin_dirs", "Where CNI plugins are, first match wins.", "/opt/cni/bin",
            "/usr/lib/cni");
    static final Setting<String> CNI_SUBNET = new Setting<>("cni.default_subnet", "", new Subnets(),
            "Addresses of the built-in bridge: a network of IPv4, of IPv6, or both as in \"10.87.0.0/16,fd00:87::/64\".\n"
                    + "A pod CIDR that the kubelet tells goes before it. Empty, no new pod gets the built-in bridge: right for a node\n"
                    + "whose network a DaemonSet installs, as it must not be ready before.");
    static final Setting<String> CNI_BRIDGE = new Setting<>("cni.bridge", "windlass0", new InterfaceName(),
            "Interface name of the built-in bridge, at most 15 characters.");
    static final Setting<Path> CNI_NETNS = path("cni.netns_dir", "/var/run/netns",
            "Where the network namespaces of pods are pinned, as cni-UUID: agents of service meshes and of networks look there.");

    static final Setting<Path> REGISTRY = path("registry.config_path", "/etc/windlass/certs.d",
            "Directory with a HOST/hosts.toml for each registry, as containerd has them in certs.d.");
    static final Setting<Long> DOWNLOADS = number("registry.max_concurrent_downloads", 4, 1, 64, "Layers fetched at a time for one image.");
    static final Setting<Long> PROGRESS = number("registry.progress_timeout_seconds", 300, 1, 3600,
            "How long a registry may send nothing until a pull is given up; the next pull goes on from there. A cache that fetches\n"
                    + "a layer itself before it answers needs that time for it.");
    static final Setting<List<Reference>> PINNED = new Setting<>("registry.pinned_images", List.of(), new References(),
            "Images that a kubelet is told to leave alone when it makes room, as in [\"registry.k8s.io/pause:3.10.1\"].");

    static final Setting<Driver> CGROUP = new Setting<>("cgroup.driver", Driver.CGROUPFS, new CgroupDriverName(),
            "Who makes cgroups: cgroupfs, which is Windlass itself. A kubelet asks for it and follows. Slices of systemd\n"
                    + "are not made: a kubelet that does not ask has to be set to cgroupDriver: cgroupfs.");

    static final Setting<Path> CGROUP_PARENT = path("cgroup.parent", "/windlass",
            "Cgroup of the pods for which the caller names none, as crictl does. Daemons that share a machine need one each.");

    static final Setting<String> STREAM = new Setting<>("stream.address", "127.0.0.1:0", Kind.text(),
            "Where exec, attach and port-forward are streamed, ADDRESS:PORT; port 0 takes a free one. Other addresses than loopback need a certificate.\n"
                    + "For 0.0.0.0 and [::], URLs name the address that the machine has on its default route.");
    static final Setting<String> STREAM_CERT = new Setting<>("stream.tls_cert", "", Kind.text(),
            "Certificate of the streaming server with its chain, PEM. Empty for plain HTTP.");
    static final Setting<String> STREAM_KEY = new Setting<>("stream.tls_key", "", Kind.text(), "Its key, PKCS#8 in PEM.");
    static final Setting<Long> STREAM_IDLE = number("stream.idle_seconds", 4 * 3600, 1, 7 * 24 * 3600,
            "How long nothing may come or go on a stream before its client is taken for dead.");
    static final Setting<String> STREAM_DETACH = new Setting<>("stream.detach_keys", "ctrl-p,ctrl-q", Kind.text(),
            "Keys that end an attach to a terminal and leave its container running: characters, or ctrl- and one of a-z @ [ \\ ] ^ _,\n"
                    + "with commas between them. Empty, every key goes to the terminal.");

    static final Setting<Level> LOG = new Setting<>("log.level", Level.INFO, Kind.oneOf(Level.class), "debug, info, warn or error.");

    static final Setting<Long> LOG_LINE = number("container.max_log_line_bytes", 16 << 10, 256, 1 << 20,
            "Longest line before a container log is split and marked partial.");
    static final Setting<Long> PIDS = number("container.pids_limit", 0, 0, 1 << 22, "Processes in a container, 0 for no limit.");

    static final List<Setting<?>> ALL = List.of(ROOT, STATE, SOCKET, SANDBOX_IMAGE, HANDLERS, SHUTDOWN, MAX_MESSAGE, CNI_CONF,
            CNI_TEMPLATE, CNI_DEADLINE, CNI_BIN, CNI_SUBNET, CNI_BRIDGE, CNI_NETNS, REGISTRY, DOWNLOADS, PROGRESS, PINNED, CGROUP,
            CGROUP_PARENT,
            STREAM, STREAM_CERT, STREAM_KEY, STREAM_IDLE, STREAM_DETACH, LOG, LOG_LINE, PIDS);

    private Settings() {}

    static Config build(Values values) {
        Path state = values.get(STATE);
        return new Config(values.get(ROOT), state, values.getOr(SOCKET, state.resolve("windlass.sock")), values.get(SANDBOX_IMAGE),
                values.get(HANDLERS), values.get(SHUTDOWN).intValue(), values.get(MAX_MESSAGE).intValue(),
                new Config.Cni(values.get(CNI_CONF), values.get(CNI_TEMPLATE), values.get(CNI_DEADLINE).intValue(), values.get(CNI_BIN),
                        values.get(CNI_SUBNET), values.get(CNI_BRIDGE), values.get(CNI_NETNS)),
                new Config.Registry(values.get(REGISTRY), values.get(DOWNLOADS).intValue(), values.get(PROGRESS).intValue(),
                        values.get(PINNED)),
                new Config.Cgroup(values.get(CGROUP), values.get(CGROUP_PARENT).toString()),
                new Config.Stream(values.get(STREAM), values.get(STREAM_CERT), values.get(STREAM_KEY), values.get(STREAM_IDLE).intValue(),
                        values.get(STREAM_DETACH)),
                new Config.Log(values.get(LOG)),
                new Config.Container(values.get(LOG_LINE).intValue(), values.get(PIDS)));
    }

    private static Setting<Path> path(String name, String fallback, String doc) {
        return new Setting<>(name, Path.of(fallback), Kind.path(), doc);
    }

    private static Setting<List<Path>> paths(String name, String doc, String... fallback) {
        return new Setting<>(name, Arrays.stream(fallback).map(Path::of).toList(), Kind.paths(), doc);
    }

    private static Setting<Long> number(String name, long fallback, long least, long most, String doc) {
        return new Setting<>(name, fallback, Kind.number(least, most), doc);
    }
}
