package io.windlass.cri.cli;

import com.google.protobuf.ByteString;
import io.windlass.cri.cli.args.Arguments;
import io.windlass.cri.cli.args.UsageException;
import io.windlass.cri.v1.ContainerConfig;
import io.windlass.cri.v1.ContainerMetadata;
import io.windlass.cri.v1.DNSConfig;
import io.windlass.cri.v1.ImageSpec;
import io.windlass.cri.v1.Int64Value;
import io.windlass.cri.v1.KeyValue;
import io.windlass.cri.v1.LinuxContainerConfig;
import io.windlass.cri.v1.LinuxContainerResources;
import io.windlass.cri.v1.LinuxContainerSecurityContext;
import io.windlass.cri.v1.LinuxPodSandboxConfig;
import io.windlass.cri.v1.LinuxSandboxSecurityContext;
import io.windlass.cri.v1.Mount;
import io.windlass.cri.v1.NamespaceMode;
import io.windlass.cri.v1.NamespaceOption;
import io.windlass.cri.v1.PodSandboxConfig;
import io.windlass.cri.v1.PodSandboxMetadata;
import io.windlass.cri.v1.PortMapping;
import io.windlass.cri.v1.Protocol;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Turns the options of {@code windlass run} into the CRI's messages. Pure. */
final class RunRequest {

    private static final long PERIOD_MICROS = 100_000;

    private final Arguments arguments;
    private final String name;
    private final String uid;

    /**
     * The requests for one container in a pod of its own.
     *
     * @param name of both
     * @param uid  of the pod
     */
    RunRequest(Arguments arguments, String name, String uid) {
        this.arguments = arguments;
        this.name = name;
        this.uid = uid;
    }

    PodSandboxConfig pod(Path logs) {
        PodSandboxConfig.Builder pod = PodSandboxConfig.newBuilder()
                .setMetadata(PodSandboxMetadata.newBuilder().setName(name).setUid(uid).setNamespace("default"))
                .setLogDirectory(logs.toString())
                .putLabels(RunPods.LABEL, "true").putAnnotations(RunPods.LOGS, logs.toString());
        pod.setLinux(LinuxPodSandboxConfig.newBuilder().setSecurityContext(LinuxSandboxSecurityContext.newBuilder()
                .setNamespaceOptions(namespaces()).setPrivileged(arguments.has("privileged"))));
        if (!isHostNetwork()) {
            pod.setHostname(arguments.last("hostname", name));
        }
        if (arguments.has("dns")) {
            pod.setDnsConfig(DNSConfig.newBuilder().addAllServers(arguments.all("dns")));
        }
        arguments.all("publish").forEach(port -> pod.addPortMappings(port(port)));
        return pod.build();
    }

    ContainerConfig container(String image) {
        ContainerConfig.Builder container = ContainerConfig.newBuilder().setMetadata(ContainerMetadata.newBuilder().setName(name))
                .setImage(ImageSpec.newBuilder().setImage(image).setUserSpecifiedImage(arguments.first())).addAllArgs(arguments.rest())
                .setWorkingDir(arguments.last("workdir", "")).setLogPath(name + ".log").setTty(arguments.has("tty"))
                .setStdin(arguments.has("interactive")).setStdinOnce(arguments.has("interactive") && !arguments.has("detach"))
                .putLabels(RunPods.LABEL, "true").putAllLabels(KeyValues.map(arguments.all("label"), "label"));
        arguments.last("entrypoint").ifPresent(container::addCommand);
        for (Map.Entry<String, String> pair : KeyValues.map(arguments.all("env"), "env").entrySet()) {
            container.addEnvs(KeyValue.newBuilder().setKey(pair.getKey()).setValue(ByteString.copyFromUtf8(pair.getValue())));
        }
        arguments.all("volume").forEach(volume -> container.addMounts(mount(volume)));
        container.setLinux(LinuxContainerConfig.newBuilder().setResources(resources()).setSecurityContext(security()));
        return container.build();
    }

    private boolean isHostNetwork() {
        return switch (arguments.last("network", "pod")) {
            case "pod" -> false;
            case "host" -> true;
            default -> throw new UsageException("--network wants pod or host, not " + arguments.last("network", ""));
        };
    }

    private NamespaceOption namespaces() {
        return NamespaceOption.newBuilder().setNetwork(isHostNetwork() ? NamespaceMode.NODE : NamespaceMode.POD)
                .setPid(NamespaceMode.CONTAINER)
                .build();
    }

    private LinuxContainerSecurityContext security() {
        LinuxContainerSecurityContext.Builder security = LinuxContainerSecurityContext.newBuilder().setNamespaceOptions(namespaces())
                .setPrivileged(arguments.has("privileged")).setReadonlyRootfs(arguments.has("read-only"));
        arguments.last("user").ifPresent(user -> {
            if (user.chars().allMatch(c -> c >= '0' && c <= '9')) {
                security.setRunAsUser(Int64Value.newBuilder().setValue(Long.parseLong(user)));
            } else {
                security.setRunAsUsername(user);
            }
        });
        return security.build();
    }

    private LinuxContainerResources resources() {
        LinuxContainerResources.Builder resources = LinuxContainerResources.newBuilder();
        arguments.last("memory").ifPresent(text -> resources.setMemoryLimitInBytes(bytes(text)));
        arguments.last("cpus").ifPresent(text -> {
            try {
                resources.setCpuPeriod(PERIOD_MICROS).setCpuQuota(Math.round(Double.parseDouble(text) * PERIOD_MICROS));
            } catch (NumberFormatException e) {
                throw new UsageException("--cpus wants a number like 1.5, not \"" + text + "\"");
            }
        });
        return resources.build();
    }

    static long bytes(String text) {
        String number = text.replaceAll("(?i)i?b?$", "");
        int unit = number.isEmpty() ? -1 : "kmgt".indexOf(number.substring(number.length() - 1).toLowerCase(Locale.ROOT));
        String digits = unit < 0 ? number : number.substring(0, number.length() - 1);
        if (digits.isEmpty() || digits.length() > 15 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new UsageException("--memory wants bytes like 512m or 2g, not \"" + text + "\"");
        }
        return Long.parseLong(digits) << (10 * (unit + 1));
    }

    static Mount mount(String text) {
        List<String> parts = List.of(text.split(":", -1));
        boolean readonly = parts.size() == 3 && parts.get(2).equals("ro");
        boolean known = parts.size() == 2 || readonly || parts.size() == 3 && parts.get(2).equals("rw");
        if (!known || !parts.get(0).startsWith("/") || !parts.get(1).startsWith("/")) {
            throw new UsageException("--volume wants /HOST:/CONTAINER[:ro], not \"" + text + "\"");
        }
        return Mount.newBuilder().setHostPath(parts.get(0)).setContainerPath(parts.get(1)).setReadonly(readonly).build();
    }

    static PortMapping port(String text) {
        String[] halves = text.split("/", -1);
        String[] ports = halves[0].split(":", -1);
        try {
            Protocol protocol = halves.length == 1 ? Protocol.TCP : Protocol.valueOf(halves[1].toUpperCase(Locale.ROOT));
            int container = Integer.parseInt(ports[ports.length - 1]);
            int host = Integer.parseInt(ports[ports.length - 2]);
            return PortMapping.newBuilder().setHostIp(ports.length == 3 ? ports[0] : "").setHostPort(host).setContainerPort(container)
                    .setProtocol(protocol).build();
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            throw new UsageException("--publish wants [IP:]HOST:CONTAINER[/tcp|udp|sctp], not \"" + text + "\"");
        }
    }
}
