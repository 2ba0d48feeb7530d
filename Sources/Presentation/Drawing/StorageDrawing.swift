// SPDX-License-Identifier: Apache-2.0

internal import Readiness

/// A diagram as inline SVG.
struct StorageDrawing {
  private let diagram: Diagram
  private let language: Language

  init(_ diagram: Diagram, _ language: Language) {
    self.diagram = diagram
    self.language = language
  }

  /// Writes the picture at the size at which its words can be read.
  func write(to page: inout Markup) {
    let layout = DrawingLayout(diagram)
    let label = PageWords.drawing.with(["count": .number(diagram.parts.count)]).text(in: language)
    page.element(
      "svg",
      [
        "xmlns": "http://www.w3.org/2000/svg", "class": "storage", "role": "img", "aria-label": label,
        "width": "\(layout.width)", "height": "\(layout.height)", "viewBox": "0 0 \(layout.width) \(layout.height)",
      ]
    ) { page in
      page.literal(Self.pattern)
      // Marked lines come last, so that none is hidden under others.
      let order = diagram.edges.indices.sorted {
        (diagram.mark(of: diagram.edges[$0]), $0) < (diagram.mark(of: diagram.edges[$1]), $1)
      }
      for index in order {
        let mark = diagram.mark(of: diagram.edges[index])
        page.void("path", ["class": "line \(mark.word)", "d": layout.paths[index]])
      }
      for (index, part) in diagram.parts.enumerated() { write(part, layout.boxes[index], to: &page) }
    }
  }

  private func write(_ part: Diagram.Part, _ box: DrawingLayout.Box, to page: inout Markup) {
    page.element("g", ["class": "part \(part.shape.rawValue) \(part.mark.word)"]) { page in
      let words = [part.name, part.detail, part.mark.words(language) ?? ""].filter { !$0.isEmpty }
      page.element("title") { page in
        for (index, line) in words.enumerated() {
          if index > 0 { page.literal("\n") }
          page.text(line)
        }
      }
      let radius =
        switch part.shape {
        case .disk, .device: 3
        case .physical, .missing, .volume: 8
        case .group: 16
        case .mount: box.height / 2
        }
      page.void(
        "rect",
        [
          "class": "box", "x": "\(box.x)", "y": "\(box.y)", "width": "\(box.width)", "height": "\(box.height)",
          "rx": "\(radius)",
        ])
      if part.shape == .disk {
        page.void("path", ["class": "spindle", "d": "M\(box.x + 5) \(box.y + 5)V\(box.y + box.height - 5)"])
      }
      let left = box.x + DrawingLayout.padding / 2 + (part.shape == .disk ? 2 : 0)
      page.element("text", ["class": "name", "x": "\(left)", "y": "\(box.y + 17)"], Self.shown(part.name))
      page.element("text", ["class": "detail", "x": "\(left)", "y": "\(box.y + 32)"], Self.shown(part.detail))
      guard let words = part.mark.words(language) else { return }
      page.void("path", ["class": "sign", "d": Self.sign(part.mark, x: left, y: box.y + 38)])
      page.element("text", ["class": "words", "x": "\(left + 17)", "y": "\(box.y + 49)"], words)
    }
  }

  /// The longest name that a box shows; the title and the table have all of it.
  static let columns = 34

  /// What of a text is shown: its start and its end, where names tend to differ.
  static func shown(_ text: String) -> String {
    guard DisplayWidth.of(text) > columns else { return text }
    var end = ""
    for scalar in text.unicodeScalars.suffix(10).reversed() where DisplayWidth.of(end) < 10 {
      end = String(Character(scalar)) + end
    }
    return DisplayWidth.cut(text, to: columns - DisplayWidth.of(end)) + end
  }

  /// An octagon, a triangle or a diamond of 12 pixels.
  private static func sign(_ mark: Mark, x: Int, y: Int) -> String {
    switch mark {
    case .blocker: "M\(x + 4) \(y)h5l4 4v5l-4 4h-5l-4 -4v-5z"
    case .warning: "M\(x + 6) \(y)l7 13h-13z"
    case .unseen, .plain: "M\(x + 6) \(y)l6 6.5l-6 6.5l-6 -6.5z"
    }
  }

  /// The hatching of what has to be put right, a sign where there is no colour.
  private static let pattern: StaticString = """
    <defs><pattern id="hatch" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">\
    <rect class="ground" width="8" height="8" /><rect class="stripe" width="2" height="8" /></pattern></defs>
    """
}

extension Mark {
  /// The mark as a class of the style sheet.
  var word: String {
    switch self {
    case .plain: "plain"
    case .unseen: "unseen"
    case .warning: "warning"
    case .blocker: "blocker"
    }
  }

  /// What the mark means.
  func words(_ language: Language) -> String? {
    let wording: Wording? =
      switch self {
      case .plain: nil
      case .unseen: ReportWords.unknown
      case .warning: ReportWords.lesser
      case .blocker: ReportWords.blockers
      }
    return wording.map { String($0.text(in: language).drop { $0 == " " }) }
  }
}
