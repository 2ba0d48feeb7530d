// SPDX-License-Identifier: Apache-2.0

import ConfigurationText
import GuestConfiguration
import Testing

/// The other files that say what a copy has in common with its parent.
@Suite struct OtherFilesTests {
  @Test(
    arguments: [
      ("policy: disabled\n", true, nil, 1), ("# policy: disabled\n", false, nil, nil),
      ("policy: search,found=all,maybe=all,notfound=disabled\n", false, nil, nil),
      ("a\npolicy: \"enabled,disabled\" # x\n", true, nil, 2), ("policy: disabled\npolicy: enabled\n", false, nil, nil),
      ("datasource: Ec2\n", false, "Ec2", nil), ("datasource: 'OpenStack'\n", false, "OpenStack", nil),
      ("datasource:\n", false, nil, nil), ("", false, nil, nil), ("\u{0}policy disabled", false, nil, nil),
    ] as [(String, Bool, String?, Int?)])
  func identification(_ text: String, _ isDisabled: Bool, _ source: String?, _ line: Int?) {
    let file = DataSourceIdentification(parsing: Array(text.utf8))
    #expect(file.isDisabled == isDisabled && file.dataSource == source && file.line == line)
  }

  @Test(
    arguments: [
      ("root=/dev/vda1 ro quiet\n", nil, false, nil), ("cloud-init=disabled\n", true, false, nil),
      ("cloud-init=disabled cloud-init=enabled", false, false, nil),
      ("xcloud-init=disabled cloud-init=x", nil, false, nil),
      ("ci.di.policy=disabled", nil, true, nil), ("ci.di.policy=search,notfound=disabled", nil, false, nil),
      ("ds=nocloud;s=http://user:s3cret@192.0.2.1/", nil, false, "nocloud"),
      ("ci.ds=Ec2 ci.datasource=OpenStack", nil, false, "OpenStack"),
      ("ds=;x", nil, false, nil), ("", nil, false, nil),
    ] as [(String, Bool?, Bool, String?)])
  func arguments(_ text: String, _ isDisabled: Bool?, _ policy: Bool, _ source: String?) {
    let arguments = CloudArguments(parsing: Array((text + " key=s3cret\n").utf8))
    #expect(arguments.isDisabled == isDisabled && arguments.policyDisables == policy && arguments.dataSource == source)
    #expect(CloudArguments(parsing: arguments.recorded) == arguments)
    #expect(!String(decoding: arguments.recorded, as: UTF8.self).contains("s3cret"))
  }

  @Test(
    arguments: [
      ("0123456789abcdef0123456789abcdef\n", .set), ("0123456789ABCDEF0123456789abcdef", .set),
      ("01234567-89ab-cdef-0123-456789abcdef\n", .set), ("", .empty), ("\n", .empty), (" \r\n", .empty),
      ("uninitialized\n", .uninitialized), ("0123456789abcdef0123456789abcde\n", nil),
      ("00000000000000000000000000000000\n", nil), ("0123456789abcdef0123456789abcdeg\n", nil),
      ("0123-456789abcdef0123456789abcdef\n", nil), ("uninitialised\n", nil), ("\nx", nil),
    ] as [(String, MachineIdentifier?)]) func machineIdentifiers(_ text: String, _ expected: MachineIdentifier?)
  {
    #expect(MachineIdentifier(parsing: Array(text.utf8)) == expected)
  }

  @Test func devices() {
    let text = """
      # LVM uses devices listed in this file.
      # HASH=1
      VERSION=1.1.2
      IDTYPE=sys_serial IDNAME=0a1b2c DEVNAME=/dev/vdb PVID=aaaabbbbccccddddeeeeffff00001111
      IDTYPE=devname IDNAME=/dev/vdc2 DEVNAME=/dev/vdc2 PVID=. PART=2
      IDTYPE=sys_wwid IDNAME=. DEVNAME=. PVID=x
      IDTYPE=sys_wwid DEVNAME=/dev/vdd
      nonsense
      """
    let file = DevicesFile(parsing: Array(text.utf8))
    #expect(file.entries.map(\.line) == [4, 5, 6] && !file.namesMachine)
    #expect(file.entries.map(\.idType) == ["sys_serial", "devname", "sys_wwid"])
    #expect(file.entries.map(\.idName) == ["0a1b2c", "/dev/vdc2", nil])
    #expect(file.entries.map(\.deviceName) == ["/dev/vdb", "/dev/vdc2", nil])
    #expect(file.entries.map(\.physicalVolume) == ["aaaabbbbccccddddeeeeffff00001111", nil, "x"])
    #expect(DevicesFile(parsing: Array("PRODUCT_UUID=a\n".utf8)).namesMachine)
    #expect(!DevicesFile(parsing: Array("PRODUCT_UUID=\nHOSTNAME=a\n".utf8)).namesMachine)
    let many = String(repeating: "IDTYPE=a IDNAME=b\n", count: DevicesFile.mostEntries + 3)
    #expect(DevicesFile(parsing: Array(many.utf8)).entriesLeftOut == 3)
  }

  @Test(
    arguments: [
      ("", nil, nil, nil, nil), ("devices {\n use_devicesfile = 0\n}\n", false, nil, nil, nil),
      ("devices/use_devicesfile=1\n", true, nil, nil, nil),
      ("devices {\n\t# use_devicesfile = 1\n\tdir = \"/dev\" # {\n}\n", nil, true, nil, nil),
      (
        "config { checks = 1 }\ndevices { filter = [ \"a|{}#.*|\", 'r\"' ] device_ids_refresh = 0 }\n", nil, nil, false,
        nil
      ),
      ("other { use_devicesfile = 0 }\ntags { @a { } }\n", nil, nil, nil, nil),
      ("devices {\n use_devicesfile = 0\n", false, nil, nil, 3), ("\n}\n", nil, nil, nil, 2),
      ("devices { use_devicesfile = [\n", nil, nil, nil, 2), ("a = \"b\n", nil, nil, nil, 2),
      ("a = 1\nb\nc\n", nil, nil, nil, 3), ("!\n", nil, nil, nil, 1),
    ] as [(String, Bool?, Bool?, Bool?, Int?)])
  func settings(_ text: String, _ uses: Bool?, _ byDefault: Bool?, _ refreshes: Bool?, _ line: Int?) {
    let settings = LVMSettings(parsing: Array(text.utf8))
    #expect(settings.usesDevicesFile == uses && settings.usesDevicesFileByDefault == byDefault)
    #expect(settings.refreshesIDs == refreshes && settings.error?.line == line, "\(String(describing: settings.error))")
    #expect(LVMSettings(parsing: settings.recorded) == settings)
  }

  @Test func nestingIsBounded() {
    let text = String(repeating: "a {\n", count: 100_000)
    #expect(LVMSettings(parsing: Array(text.utf8)).error?.line == 17)
  }

  @Test func bindings() {
    let text = "# Multipath bindings\n#\nmpatha 360000000000000001\nmpathb\t360000000000000002 # x\n\nodd\n"
    let file = MultipathBindings(parsing: Array(text.utf8))
    #expect(file.bindings.map(\.alias) == ["mpatha", "mpathb"] && file.bindings.map(\.line) == [3, 4])
    #expect(file.bindings.map(\.wwid) == ["360000000000000001", "360000000000000002"] && file.strayLine == 6)
    let many = String(repeating: "a b\n", count: MultipathBindings.mostBindings + 2)
    #expect(MultipathBindings(parsing: Array(many.utf8)).bindingsLeftOut == 2)
  }
}
