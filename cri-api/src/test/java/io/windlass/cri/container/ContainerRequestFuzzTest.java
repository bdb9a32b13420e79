package io.windlass.cri.container;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.windlass.cri.container.spec.Accounts;
import io.windlass.cri.container.spec.ContainerUser;
import io.windlass.cri.container.spec.DeviceRules.GivenDevice;
import io.windlass.cri.container.spec.ImageFacts;
import io.windlass.cri.container.spec.SpecBuilder;
import io.windlass.cri.container.spec.SpecInput;
import io.windlass.cri.container.spec.StopSignal;
import io.windlass.cri.error.CriException;
import io.windlass.cri.sandbox.PodNamespaces;
import io.windlass.cri.sandbox.UserMapping;
import io.windlass.cri.store.ObjectId;
import io.windlass.cri.store.RecordFile;
import io.windlass.cri.v1.ContainerConfig;
import io.windlass.cri.v1.CreateContainerRequest;
import io.windlass.cri.v1.Device;
import io.windlass.cri.v1.MountPropagation;
import io.windlass.cri.v1.NamespaceMode;
import io.windlass.cri.v1.SecurityProfile.ProfileType;
import io.windlass.cri.v1.Signal;
import io.windlass.shim.fuzz.Fuzz;
import io.windlass.shim.program.Architecture;
import io.windlass.shim.program.ProgramCompiler;
import io.windlass.shim.seccomp.DefaultProfile;
import io.windlass.shim.spec.Capabilities;
import io.windlass.shim.spec.Capability;
import io.windlass.shim.spec.CgroupJoin;
import io.windlass.shim.spec.ContainerSpec;
import io.windlass.shim.spec.DeviceSpec;
import io.windlass.shim.spec.ExecSpec;
import io.windlass.shim.spec.NamespaceSpec;
import io.windlass.shim.spec.RootSpec;
import io.windlass.shim.spec.Seccomp.Abi;
import io.windlass.shim.spec.UserNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** Requests for a container that no kubelet would send, and records that no daemon would write: taken or refused. */
@Timeout(value = 1, unit = TimeUnit.DAYS)
class ContainerRequestFuzzTest {
    private static final Path POD = Path.of("/run/windlass/sandboxes/pod");
    private static final Accounts ACCOUNTS = Accounts.parse("root:x:0:0::/root:/bin/sh\napp:x:1000:1000::/home/app:/bin/sh\n",
            "root:x:0:\naudio:x:29:app\n");
    private static final ImageFacts IMAGE = new ImageFacts("sha256:1", "r@sha256:2", "r:t", "sha256:3", "", List.of("/bin/app"),
            List.of("serve"), List.of("PATH=/image/bin"), "work", "", List.of());

    /** Everything that a request can say of a process and its surroundings. */
    private static ContainerConfig.Builder full() {
        var config = ContainerConfig.newBuilder().addCommand("sh").addArgs("-c").setWorkingDir("/w").setLogPath("web/0.log").setTty(true)
                .setStdin(true).setStopSignal(Signal.SIGNAL_SIGINT);
        config.getMetadataBuilder().setName("web").setAttempt(1);
        config.getImageBuilder().setImage("busybox");
        config.addEnvsBuilder().setKey("A").setValue(ByteString.copyFromUtf8("b"));
        config.addEnvsBuilder().setKey("HOME").setValue(ByteString.copyFromUtf8("/h"));
        config.addMountsBuilder().setHostPath("/a").setContainerPath("/b").setReadonly(true).setRecursiveReadOnly(true);
        config.addMountsBuilder().setHostPath("/c").setContainerPath("/b/d").addMountOptions("noexec").addMountOptions("nosuid")
                .setPropagation(MountPropagation.PROPAGATION_HOST_TO_CONTAINER);
        config.addDevicesBuilder().setHostPath("/dev/null").setContainerPath("/dev/x/y").setPermissions("rw");
        config.addDevicesBuilder().setHostPath("/dev/null").setContainerPath("/opt/z").setPermissions("m");
        config.putLabels("a", "b").putAnnotations("c", "d");
        var resources = config.getLinuxBuilder().getResourcesBuilder().setCpuPeriod(100_000).setCpuQuota(50_000).setCpuShares(512)
                .setMemoryLimitInBytes(64 << 20).setMemorySwapLimitInBytes(128 << 20).setOomScoreAdj(900).setCpusetCpus("0-1")
                .setCpusetMems("0").putUnified("memory.high", "60000000");
        resources.addHugepageLimitsBuilder().setPageSize("2MB").setLimit(4 << 20);
        var context = config.getLinuxBuilder().getSecurityContextBuilder().setReadonlyRootfs(true).setNoNewPrivs(true)
                .addSupplementalGroups(7).addMaskedPaths("/proc/kcore").addReadonlyPaths("/proc/sys");
        context.getRunAsUserBuilder().setValue(1000);
        context.getRunAsGroupBuilder().setValue(5);
        context.getCapabilitiesBuilder().addAddCapabilities("NET_ADMIN").addDropCapabilities("ALL");
        context.getSeccompBuilder().setProfileType(ProfileType.RuntimeDefault);
        context.getApparmorBuilder().setProfileType(ProfileType.Localhost).setLocalhostRef("web");
        context.getSelinuxOptionsBuilder().setLevel("s0:c1,c2");
        context.getNamespaceOptionsBuilder().setPid(NamespaceMode.CONTAINER);
        return config;
    }

    /** The same in a user namespace of the pod's own, by a name and a profile of the node. */
    private static ContainerConfig.Builder mapped() {
        var config = full().setTty(false);
        var context = config.getLinuxBuilder().getSecurityContextBuilder().clearRunAsUser().clearRunAsGroup().setRunAsUsername("app")
                .setNoNewPrivs(false);
        context.getSeccompBuilder().setProfileType(ProfileType.Localhost).setLocalhostRef("/profiles/web.json");
        var users = context.getNamespaceOptionsBuilder().setPid(NamespaceMode.POD).getUsernsOptionsBuilder();
        users.addUidsBuilder().setHostId(65536).setLength(65536);
        users.addGidsBuilder().setHostId(65536).setLength(65536);
        config.getMountsBuilder(0).addUidMappings(users.getUids(0)).addGidMappings(users.getGids(0));
        return config;
    }

    private static byte[] request(ContainerConfig.Builder config) {
        return CreateContainerRequest.newBuilder().setPodSandboxId("5a".repeat(32)).setConfig(config).build().toByteArray();
    }

    /** As CreateContainer and StartContainer go about it, with nothing of the node but what every node has. */
    private static ContainerSpec spec(CreateContainerRequest request) {
        ContainerValidation.check(request);
        var config = request.getConfig();
        BindMounts.check(config.getMountsList());
        StopSignal.number(config.getStopSignal());
        var context = config.getLinux().getSecurityContext();
        var user = ContainerUser.resolve(context, "", ACCOUNTS);
        var owner = UserMapping.of(context.getNamespaceOptions())
                .map(ids -> new UserNamespace(POD.resolve("user"), ids.hostUid(), ids.hostGid(), ids.length())).orElse(null);
        var namespaces = new PodNamespaces(NamespaceSpec.join(POD.resolve("net")), NamespaceSpec.join(POD.resolve("ipc")),
                NamespaceSpec.join(POD.resolve("uts")), NamespaceSpec.join(POD.resolve("pid")), owner);
        var root = new RootSpec.Overlay(POD, List.of("2", "1"), "upper", "work", context.getReadonlyRootfs());
        var mounts = new ArrayList<>(BindMounts.describe(config.getMountsList()));
        BindMounts.sort(mounts);
        var devices = config.getDevicesList().stream().map(ContainerRequestFuzzTest::device).toList();
        var node = new SpecInput.Node(Abi.X86_64, EnumSet.allOf(Capability.class), List.of(), 100, -1000);
        return SpecBuilder.build(new SpecInput(config, config.getLinux().getResources(), IMAGE, user, "pod", namespaces, root, mounts,
                devices, new SpecInput.CgroupPlace(CgroupJoin.NONE, List.of()),
                DefaultProfile.filter(Capabilities.DEFAULT.bounding(), Abi.X86_64), null, node));
    }

    private static GivenDevice device(Device device) {
        var path = Path.of(device.getContainerPath()).normalize().toString();
        return new GivenDevice(new DeviceSpec(path, DeviceSpec.Kind.CHARACTER, 1, 3, 0666, 0, 0, Path.of("/dev/null")),
                device.getPermissions());
    }

    @Test
    void requests() throws Exception {
        var compilers = List.of(new ProgramCompiler(Architecture.X86_64, -1), new ProgramCompiler(Architecture.AARCH64, -1));
        Fuzz.run("container-request", List.of(request(full()), request(mapped())), input -> {
            try {
                var request = CreateContainerRequest.parseFrom(input);
                var spec = spec(request);
                int steps = 0;
                for (var compiler : compilers) {
                    steps += compiler.container(spec, request.getConfig().getStdin(), false).length();
                    steps += compiler.container(spec, request.getConfig().getStdin(), true).length();
                    steps += compiler.exec(new ExecSpec(spec.process(), CgroupJoin.NONE), true, true, true).length();
                }
                return "taken: " + spec.mounts().size() + " mounts, " + steps + " steps";
            } catch (InvalidProtocolBufferException | CriException | IllegalArgumentException e) {
                return e.getMessage(); // what is no argument is INVALID_ARGUMENT to the client
            }
        });
    }

    @TempDir
    private Path directory;

    private static List<byte[]> samples(String version) throws IOException {
        var seeds = new ArrayList<byte[]>();
        try (var samples = Files.list(Path.of("src/test/resources/records", version, "containers"))) {
            for (var sample : samples.sorted().toList()) {
                seeds.add(Files.readAllBytes(sample));
            }
        }
        return seeds;
    }

    @Test
    void records() throws Exception {
        var id = new ObjectId("c1".repeat(32));
        var file = directory.resolve(id + ".json");
        Fuzz.run("container-record", samples("v1"), input -> {
            Files.write(file, input);
            try {
                return RecordFile.read(file, id, ContainerRecord::parse).life();
            } catch (Exception e) {
                return e.getClass(); // quarantined, whatever it is: only errors would get past
            }
        });
    }

    /** Past the seal, which lets nothing through that was changed. */
    @Test
    void recordsOfToday() throws Exception {
        Fuzz.run("container-record-of-today", samples("v2"), input -> {
            try {
                return ContainerRecord.parse(JsonMapper.shared().readTree(input)).life();
            } catch (Exception e) {
                return e.getClass();
            }
        });
    }
}
