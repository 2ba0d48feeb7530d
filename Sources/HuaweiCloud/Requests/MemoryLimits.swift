// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// The limits `min_ram` and `max_ram` for the memory of servers that are made from the image, in MB.
///
/// Whole numbers of 0 or more. 0 is no limit, as is absence. `1024.0` is the same number as `1024` in JSON and is taken;
/// `"1024"` is a string and refused. A minimum above a maximum fits no server and is refused.
struct MemoryLimits {
  var minimum: Int64?
  var maximum: Int64?

  static func read(_ fields: inout RequestFields) -> MemoryLimits {
    let limits = MemoryLimits(minimum: megabytes("min_ram", &fields), maximum: megabytes("max_ram", &fields))
    if let minimum = limits.minimum, let maximum = limits.maximum, minimum > maximum {
      fields.violations.append(
        .memoryIllegal, "min_ram", "is \(minimum), which is above max_ram, \(maximum)",
        "为 \(minimum)，大于 max_ram 的 \(maximum)")
    }
    return limits
  }

  private static func megabytes(_ key: String, _ fields: inout RequestFields) -> Int64? {
    guard let value = fields.value(key) else { return nil }
    let number: Int64?
    switch value {
    case .integer(let whole): number = whole
    case .number(let real): number = Int64(exactly: real)
    default: number = nil
    }
    guard let number, number >= 0 else {
      fields.violations.append(
        .memoryIllegal, key, "must be a whole number of MB, 0 or more, found \(ShownValue.of(value))",
        "必须是以 MB 为单位的整数，不小于 0，实际为 \(ShownValue.chinese(value))")
      return nil
    }
    return number > 0 ? number : nil
  }
}
