package io.windlass.shim;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

/** The arrows between the packages of the module. */
@AnalyzeClasses(packages = "io.windlass.shim", importOptions = ImportOption.DoNotIncludeTests.class)
class ShimArchitectureTest {
    @ArchTest
    static final ArchRule JNA = noClasses().that().resideOutsideOfPackage("io.windlass.shim.linux").should().dependOnClassesThat()
            .resideInAPackage("com.sun.jna..");

    @ArchTest
    static final ArchRule LAYERS = layeredArchitecture().consideringOnlyDependenciesInLayers().layer("linux")
            .definedBy("io.windlass.shim.linux")
            .layer("spec").definedBy("io.windlass.shim.spec").layer("program").definedBy("io.windlass.shim.program").layer("process")
            .definedBy("io.windlass.shim.process").layer("cgroup").definedBy("io.windlass.shim.cgroup").whereLayer("process")
            .mayNotBeAccessedByAnyLayer().whereLayer("cgroup").mayNotBeAccessedByAnyLayer().whereLayer("program")
            .mayOnlyBeAccessedByLayers("process")
            .layer("seccomp").definedBy("io.windlass.shim.seccomp")
            .whereLayer("spec").mayOnlyBeAccessedByLayers("program", "process", "cgroup", "seccomp");

    @ArchTest
    static final ArchRule PURE = noClasses().that().resideInAPackage("io.windlass.shim.spec").should().dependOnClassesThat()
            .resideInAnyPackage("io.windlass.shim.linux");
}
