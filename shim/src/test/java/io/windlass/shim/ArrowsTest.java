package io.windlass.shim;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

/** The arrows between the packages of this module. */
@AnalyzeClasses(packages = "io.windlass.shim", importOptions = DoNotIncludeTests.class)
class ArrowsTest {
    @ArchTest
    static final ArchRule PACKAGES_DEPEND_ONE_WAY = layeredArchitecture().consideringOnlyDependenciesInLayers().withOptionalLayers(true)
            .layer("linux").definedBy("io.windlass.shim.linux").layer("spec").definedBy("io.windlass.shim.spec")
            .layer("program").definedBy("io.windlass.shim.program").layer("process").definedBy("io.windlass.shim.process")
            .layer("cgroup").definedBy("io.windlass.shim.cgroup")
            .layer("seccomp").definedBy("io.windlass.shim.seccomp")
            .whereLayer("seccomp").mayOnlyAccessLayers("spec").whereLayer("seccomp").mayNotBeAccessedByAnyLayer()
            .whereLayer("linux").mayNotAccessAnyLayer()
            .whereLayer("spec").mayOnlyAccessLayers("linux")
            .whereLayer("program").mayOnlyAccessLayers("linux", "spec")
            .whereLayer("cgroup").mayOnlyAccessLayers("linux", "spec")
            .whereLayer("process").mayNotBeAccessedByAnyLayer();

    @ArchTest
    static final ArchRule ONLY_LINUX_CALLS_NATIVE_CODE = noClasses().that().resideOutsideOfPackage("io.windlass.shim.linux").should()
            .dependOnClassesThat().resideInAPackage("com.sun.jna..");

    @ArchTest
    static final ArchRule NO_INTERNAL_CLASSES = noClasses().should().dependOnClassesThat().resideInAnyPackage("sun..", "jdk.internal..");
}
