// SPDX-License-Identifier: Apache-2.0

import Foundation

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// An element of a page, as an XML parser reads it.
final class PageTree {
  let name: String
  let attributes: [String: String]
  fileprivate(set) var children: [PageTree] = []
  /// The text in the element and below it.
  fileprivate(set) var text = ""

  fileprivate init(_ name: String, _ attributes: [String: String]) {
    self.name = name
    self.attributes = attributes
  }

  /// The page, if it is well-formed.
  static func parse(_ page: String) throws -> PageTree {
    let reader = Reader()
    let parser = XMLParser(data: Data(page.utf8))
    parser.delegate = reader
    guard parser.parse(), let root = reader.root else { throw parser.parserError ?? CocoaError(.fileReadCorruptFile) }
    return root
  }

  /// The element and all below it, in their order.
  var all: [PageTree] { [self] + children.flatMap(\.all) }

  /// The elements of a name, of a class if one is given.
  func find(_ name: String, _ className: String? = nil) -> [PageTree] {
    all.filter { $0.name == name && (className.map($0.classes.contains) ?? true) }
  }

  var classes: [String] { (attributes["class"] ?? "").split(separator: " ").map(String.init) }

  /// The elements without their words.
  var skeleton: [String] { all.map { "\($0.name) \($0.classes.joined(separator: " "))" } }

  private final class Reader: NSObject, XMLParserDelegate {
    var root: PageTree?
    private var open: [PageTree] = []

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
      attributes: [String: String]
    ) {
      let element = PageTree(name, attributes)
      open.last?.children.append(element)
      if root == nil { root = element }
      open.append(element)
    }

    func parser(
      _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
    ) { open.removeLast() }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
      for element in open { element.text += text }
    }
  }
}
