package io.windlass.cri.container;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.windlass.cri.error.CriException;
import io.windlass.cri.store.ObjectId;
import io.windlass.cri.store.RecordFile;
import io.windlass.cri.v1.ContainerConfig;
import io.windlass.cri.v1.ContainerMetadata;
import io.windlass.cri.v1.CreateContainerRequest;
import io.windlass.cri.v1.ImageSpec;
import io.windlass.cri.v1.KeyValue;
import io.windlass.cri.v1.Mount;
import io.windlass.shim.fuzz.Fuzz;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests for a container that no kubelet would send, and records that no daemon would write: taken or refused. */
class ContainerRequestFuzzTest {

    @Test
    void requests() throws Exception {
        var seed = CreateContainerRequest.newBuilder().setPodSandboxId("5a".repeat(32)).setConfig(ContainerConfig.newBuilder()
                .setMetadata(ContainerMetadata.newBuilder().setName("web").setAttempt(1))
                .setImage(ImageSpec.newBuilder().setImage("busybox"))
                .addCommand("sh").addArgs("-c").setWorkingDir("/w").setLogPath("web/0.log")
                .addEnvs(KeyValue.newBuilder().setKey("A").setValue(ByteString.copyFromUtf8("b")))
                .addMounts(Mount.newBuilder().setHostPath("/a").setContainerPath("/b"))).build().toByteArray();
        Fuzz.run("container-request", List.of(seed), input -> {
            try {
                ContainerValidation.check(CreateContainerRequest.parseFrom(input));
                return "taken";
            } catch (InvalidProtocolBufferException | CriException e) {
                return e.getMessage();
            }
        });
    }

    @TempDir
    private Path directory;

    @Test
    void records() throws Exception {
        var seeds = new ArrayList<byte[]>();
        try (var samples = Files.list(Path.of("src/test/resources/records/v1/containers"))) {
            for (var sample : samples.sorted().toList()) {
                seeds.add(Files.readAllBytes(sample));
            }
        }
        var id = new ObjectId("c1".repeat(32));
        var file = directory.resolve(id + ".json");
        Fuzz.run("container-record", seeds, input -> {
            Files.write(file, input);
            try {
                return RecordFile.read(file, id, ContainerRecord::parse).life();
            } catch (Exception e) {
                return e.getClass(); // quarantined, whatever it is: only errors would get past
            }
        });
    }
}
