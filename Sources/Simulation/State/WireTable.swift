// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// The objects of one kind, in the shape of the wire, in the order in which they came.
struct WireTable: Sendable, Equatable {
  /// The members that tell one object from another.
  let keys: [String]
  private var order: [String] = []
  private var objects: [String: JSONObject] = [:]
  /// Where objects have two keys: those of each first key, in order.
  private var groups: [String: [String]] = [:]

  /// An empty table.
  init(keys: [String] = ["id"]) { self.keys = keys }

  /// Reads a table; throws where an object has a member it cannot have, or has another's key.
  init(json: JSON?, keys: [String] = ["id"], shape: WireShape) throws(DocumentError) {
    self.keys = keys
    guard let json, json != .null else { return }
    guard case .array(let elements) = json else {
      throw DocumentError(reason: "expected an array, found \(json.kindName)")
    }
    for (index, element) in elements.enumerated() {
      do throws(DocumentError) {
        try shape.check(element)
        let object = try element.asObject()
        for key in keys {
          let text: String = try object.required(key)
          if text.isEmpty { throw DocumentError(path: key, reason: "is empty") }
        }
        guard insert(object) else {
          throw DocumentError(path: keys[0], reason: "occurs twice: \"\(PlainText.from(object.text(keys[0])))\"")
        }
      } catch {
        throw error.under("[\(index)]")
      }
    }
  }

  /// The array of all objects.
  var json: JSON { .array(all.map { .object($0) }) }

  /// All objects in order.
  var all: [JSONObject] { order.compactMap { objects[$0] } }

  /// The objects whose first of two keys is this, in order.
  func all(of first: String) -> [JSONObject] { (groups[first] ?? []).compactMap { objects[$0] } }

  /// How many there are.
  var count: Int { order.count }

  /// Whether there is none.
  var isEmpty: Bool { order.isEmpty }

  /// The object of a key.
  subscript(_ values: String...) -> JSONObject? { objects[values.joined(separator: "/")] }

  /// Adds an object; `false` if there is one of its key already, which then stays.
  @discardableResult mutating func insert(_ object: JSONObject) -> Bool {
    let key = keys.map { object.text($0) }.joined(separator: "/")
    guard objects[key] == nil else { return false }
    objects[key] = object
    order.append(key)
    if keys.count > 1 { groups[object.text(keys[0]), default: []].append(key) }
    return true
  }

  /// Changes the object of a key, if there is one; its key must stay.
  mutating func change(_ values: String..., with body: (inout JSONObject) -> Void) {
    let key = values.joined(separator: "/")
    guard var object = objects[key] else { return }
    body(&object)
    objects[key] = object
  }

  /// Takes the object of a key out, if there is one.
  mutating func remove(_ values: String...) {
    let key = values.joined(separator: "/")
    guard objects.removeValue(forKey: key) != nil else { return }
    order.removeAll { $0 == key }
    groups[values[0]]?.removeAll { $0 == key }
  }

  /// The object of an id, if it can be seen from within a project.
  ///
  /// An object that names no owner is everybody's.
  func visible(_ id: String, owner: String, from wall: String?) -> JSONObject? {
    guard let object = objects[id], Self.isVisible(object, owner: owner, from: wall) else { return nil }
    return object
  }

  /// The objects that can be seen from within a project.
  func visible(owner: String, from wall: String?) -> [JSONObject] {
    all.filter { Self.isVisible($0, owner: owner, from: wall) }
  }

  private static func isVisible(_ object: JSONObject, owner: String, from wall: String?) -> Bool {
    guard let wall, let found = object[owner]?.string, !found.isEmpty else { return true }
    return found == wall
  }
}
