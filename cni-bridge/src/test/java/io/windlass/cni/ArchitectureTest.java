package io.windlass.cni;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/** The arrows of this module: bridge, then cni, then netlink, and of the shim only its package linux. */
@AnalyzeClasses(packages = "io.windlass", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule packagesHaveNoCycles = slices().matching("io.windlass.cni.(**)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule clientDoesNotKnowTheBridge = noClasses().that().resideInAPackage("io.windlass.cni").should()
            .dependOnClassesThat().resideInAPackage("io.windlass.cni.bridge");

    @ArchTest
    static final ArchRule netlinkKnowsNoPods = noClasses().that().resideInAPackage("io.windlass.cni.netlink").should()
            .dependOnClassesThat().resideInAnyPackage("io.windlass.cni", "io.windlass.cni.bridge");

    @ArchTest
    static final ArchRule bridgeStartsNoProgram = noClasses().that().resideInAPackage("io.windlass.cni.bridge").should()
            .dependOnClassesThat().haveFullyQualifiedName("io.windlass.shim.linux.Spawn");

    @ArchTest
    static final ArchRule onlyNetlinkBuildsMessages = noClasses().that().resideInAnyPackage("io.windlass.cni", "io.windlass.cni.bridge")
            .should().dependOnClassesThat().haveSimpleNameStartingWith("NetlinkMessage");

    @ArchTest
    static final ArchRule ofTheShimOnlyLinuxIsUsed = noClasses().that().resideInAPackage("io.windlass.cni..").should()
            .dependOnClassesThat().resideInAnyPackage("io.windlass.shim.spec..", "io.windlass.shim.program..",
                    "io.windlass.shim.process..", "io.windlass.shim.cgroup..", "com.sun.jna..");

    @ArchTest
    static final ArchRule exceptionsSayWhatTheyAre = classes().that().areAssignableTo(Throwable.class).and()
            .resideInAPackage("io.windlass.cni..").should().haveSimpleNameEndingWith("Exception");
}
