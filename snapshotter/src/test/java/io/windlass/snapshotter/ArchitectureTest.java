package io.windlass.snapshotter;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

/** The arrows between this module's packages. */
@AnalyzeClasses(packages = "io.windlass.snapshotter", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule PACKAGES = layeredArchitecture().consideringOnlyDependenciesInLayers().layer("oci")
            .definedBy("..snapshotter.oci..").layer("content")
            .definedBy("..snapshotter.content..").layer("registry").definedBy("..snapshotter.registry..").layer("layer")
            .definedBy("..snapshotter.layer..")
            .layer("snapshot").definedBy("..snapshotter.snapshot..").layer("image").definedBy("..snapshotter.image..").whereLayer("image")
            .mayNotBeAccessedByAnyLayer().whereLayer("snapshot").mayOnlyBeAccessedByLayers("image").whereLayer("registry")
            .mayOnlyBeAccessedByLayers("image")
            .whereLayer("layer").mayOnlyBeAccessedByLayers("snapshot", "image").whereLayer("content")
            .mayOnlyBeAccessedByLayers("registry", "snapshot", "image");

    @ArchTest
    static final ArchRule NO_NATIVE_CALLS = noClasses().should().dependOnClassesThat().resideInAPackage("com.sun.jna..");

    @ArchTest
    static final ArchRule ONLY_LINUX_OF_THE_SHIM = noClasses().should().dependOnClassesThat().resideInAnyPackage("io.windlass.shim.spec..",
            "io.windlass.shim.program..", "io.windlass.shim.process..", "io.windlass.shim.cgroup..", "io.windlass.cni..",
            "io.windlass.cri..");
}
