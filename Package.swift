// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

// Traits are united over the whole package graph, so the strictest target - the agent inside the guest - decides:
// nothing here may turn on a trait that pulls full Foundation (and its 40 MB of ICU data) into it. GRDB imports full
// Foundation, so it belongs to the collector alone; Tests/linkage keeps it so.
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let hummingbirdTesting: Target.Dependency = .product(name: "HummingbirdTesting", package: "hummingbird")
let hummingbirdTLS: Target.Dependency = .product(name: "HummingbirdTLS", package: "hummingbird")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let nioExtras: Target.Dependency = .product(name: "NIOExtras", package: "swift-nio-extras")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTPTypes: Target.Dependency = .product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let systemPackage: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")

let package = Package(
  name: "wholeimage",
  products: [
    .executable(name: "wholeimage-agent", targets: ["wholeimage-agent"]),
    .executable(name: "wholeimage-collector", targets: ["wholeimage-collector"]),
    .executable(name: "wholeimage-simulator", targets: ["wholeimage-simulator"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
    .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
    .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
  ],
  targets: [
    .target(name: "Facts", dependencies: [crypto]),
    .target(name: "LVMMetadata"),
    .target(name: "CCodePages"),
    .target(name: "DiskpartCapture", dependencies: ["CCodePages", "Facts"]),
    .systemLibrary(name: "CBlkid", pkgConfig: "blkid", providers: [.apt(["libblkid-dev"])]),
    .target(name: "CLinux"),
    .target(name: "ConfigurationText", dependencies: ["Facts"]),
    .target(name: "NetworkConfiguration", dependencies: ["ConfigurationText", "Facts"]),
    .target(name: "GuestConfiguration", dependencies: ["ConfigurationText"]),
    .target(name: "BootConfiguration", dependencies: ["ConfigurationText", "Facts"]),
    .systemLibrary(
      name: "CCompression", providers: [.apt(["liblz4-dev", "liblzma-dev", "libzstd-dev", "zlib1g-dev"])]),
    // Statically, so that the agent needs no library that a guest may lack; zlib it needs already.
    .target(
      name: "InitramfsArchive", dependencies: ["CCompression", "Facts"],
      linkerSettings: [":liblz4.a", ":liblzma.a", ":libzstd.a", "z"].map { .linkedLibrary($0) }),
    .target(
      name: "Inspection",
      dependencies: [
        "BootConfiguration", "CBlkid", "CLinux", "ConfigurationText", "Facts", "GuestConfiguration", "InitramfsArchive",
        "LVMMetadata", "NetworkConfiguration",
      ]),
    .target(name: "Readiness", dependencies: ["Facts"]),
    .target(name: "Presentation", dependencies: ["Facts", "Readiness"]),
    .target(name: "HuaweiCloud", dependencies: ["Facts", crypto]),
    .target(name: "GuestSigning", dependencies: ["Facts", crypto]),
    .target(name: "MetricsFormat"),
    .target(name: "Journal", dependencies: ["Facts", logging, systemPackage]),
    .target(
      name: "Agent",
      dependencies: [
        "CLinux", "Facts", "GuestSigning", "Journal", "MetricsFormat", "Readiness", asyncHTTPClient, httpTypes,
        hummingbirdCore,
        lifecycle, logging, nioCore, nioExtras, nioHTTP1, nioHTTPTypes, nioPosix, nioSSL,
      ]),
    .target(
      name: "Collector",
      dependencies: [
        "DiskpartCapture", "Facts", "GuestSigning", "HuaweiCloud", "Journal", "MetricsFormat", "Presentation",
        "Readiness",
        asyncHTTPClient, crypto, grdb,
        httpTypes, hummingbird, hummingbirdCore, hummingbirdTLS, lifecycle, logging, nioCore, nioHTTP1, nioHTTPTypes,
        nioSSL, systemPackage,
        unixSignals,
      ]),
    .target(
      name: "Simulation",
      dependencies: ["Facts", "HuaweiCloud", "Journal", httpTypes, hummingbird, lifecycle, logging, nioCore]),

    .target(
      name: "AgentCommands",
      dependencies: [
        "Agent", "CLinux", "DiskpartCapture", "Facts", "Inspection", "Presentation", "Readiness", argumentParser,
      ]),
    .target(name: "CollectorCommands", dependencies: ["Collector", "Readiness", argumentParser]),
    .target(name: "SimulatorCommands", dependencies: ["Facts", "Simulation", argumentParser]),
    .executableTarget(name: "wholeimage-agent", dependencies: ["AgentCommands"]),
    .executableTarget(name: "wholeimage-collector", dependencies: ["CollectorCommands"]),
    .executableTarget(name: "wholeimage-simulator", dependencies: ["SimulatorCommands"]),

    .target(name: "StorageGenerator", path: "Tests/StorageGenerator", exclude: ["README.md"]),
    .target(name: "TestSupport", path: "Tests/TestSupport"),
    .testTarget(name: "JournalTests", dependencies: ["Facts", "Journal", logging]),
    .testTarget(name: "FactsTests", dependencies: ["Facts"]),
    .testTarget(name: "GuestSigningTests", dependencies: ["Facts", "GuestSigning"]),
    .testTarget(name: "LVMMetadataTests", dependencies: ["LVMMetadata"]),
    .testTarget(
      name: "NetworkConfigurationTests", dependencies: ["ConfigurationText", "Facts", "NetworkConfiguration"]),
    .testTarget(name: "GuestConfigurationTests", dependencies: ["ConfigurationText", "GuestConfiguration"]),
    .testTarget(name: "BootConfigurationTests", dependencies: ["BootConfiguration", "Facts"]),
    .testTarget(name: "InitramfsArchiveTests", dependencies: ["Facts", "InitramfsArchive", "TestSupport"]),
    .testTarget(name: "DiskpartCaptureTests", dependencies: ["CCodePages", "DiskpartCapture", "Facts", "Readiness"]),
    .testTarget(
      name: "InspectionTests",
      dependencies: ["BootConfiguration", "Facts", "Inspection", "LVMMetadata", "Readiness", "TestSupport"]),
    .testTarget(name: "ReadinessTests", dependencies: ["Facts", "Readiness"]),
    .testTarget(name: "PresentationTests", dependencies: ["Facts", "Presentation", "Readiness"]),
    .testTarget(
      name: "AgentTests",
      dependencies: [
        "Agent", "Facts", "GuestSigning", "MetricsFormat", "Readiness", "TestSupport", httpTypes, nioCore, nioEmbedded,
        nioHTTPTypes,
      ]),
    .testTarget(name: "AgentCommandsTests", dependencies: ["AgentCommands", "Readiness", argumentParser]),
    .testTarget(name: "HuaweiCloudTests", dependencies: ["Facts", "HuaweiCloud"]),
    .testTarget(
      name: "CollectorTests",
      dependencies: [
        "Collector", "CollectorCommands", "DiskpartCapture", "Facts", "GuestSigning", "HuaweiCloud", "Presentation",
        "Readiness", "Simulation",
        argumentParser,
        asyncHTTPClient, crypto, grdb, httpTypes, hummingbird, hummingbirdTesting, logging, nioCore, nioEmbedded,
        nioHTTP1, nioSSL,
      ]),
    .testTarget(
      name: "SimulationTests",
      dependencies: ["Facts", "HuaweiCloud", "Journal", "Simulation", httpTypes, hummingbirdTesting, logging, nioCore]),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "StorageGenerator", "TestSupport", "wholeimage-agent", "wholeimage-collector", "wholeimage-simulator",
      ],
      path: "Tests/EndToEnd", exclude: ["guests", "witness"]),
  ],
  swiftLanguageModes: [.v6]
)

// Fuzz targets have no main function, so an ordinary build must not see them: Tests/fuzz sets the variable.
if Context.environment["WHOLEIMAGE_FUZZ"] != nil {
  let fuzzers: [(String, [Target.Dependency])] = [
    ("PhysicalVolume", ["LVMMetadata"]), ("MetadataText", ["LVMMetadata"]),
    ("Diskpart", ["DiskpartCapture", "Facts", "Presentation", "Readiness"]),
    ("KernelTables", ["Facts", "Inspection"]), ("DeviceAttributes", ["Facts", "Inspection"]),
    ("MemberMarks", ["Inspection", "LVMMetadata"]),
    ("FactsDocument", ["Facts", "Presentation", "Readiness"]), ("GuestSignature", ["GuestSigning"]),
    ("Machine", ["Facts", "Inspection", "LVMMetadata", "Readiness"]),
    ("Network", ["ConfigurationText", "Facts", "NetworkConfiguration"]),
    ("Configuration", ["ConfigurationText", "GuestConfiguration"]),
    ("Boot", ["BootConfiguration", "Facts"]),
    ("Initramfs", ["Facts", "InitramfsArchive"]),
  ]
  for (name, dependencies) in fuzzers {
    package.targets.append(
      .executableTarget(name: "Fuzz\(name)", dependencies: dependencies, path: "Tests/Fuzz/\(name)"))
  }
}

for target in package.targets where target.type != .system {
  target.swiftSettings = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  ]
}
