// SPDX-License-Identifier: Apache-2.0

/// The style sheet of every page: light and dark, from a telephone to a wide screen, nothing fetched.
///
/// It holds neither `<` nor `&`, so that the pages are well-formed XML.
enum StyleSheet {
  static let text: StaticString = """
    :root{color-scheme:light dark;--ground:#fbfbfa;--card:#fff;--ink:#1c1f23;--soft:#585f69;--line:#d5d9de;--code:#f1f3f5;\
    --blocker:#b3151f;--blocker-ground:#fdeeee;--warning:#8a5300;--warning-ground:#fff5e2;\
    --unseen:#5b3fa0;--unseen-ground:#f3effc;--ready:#136c38;--ready-ground:#e9f7ee;--link:#0b57b0}
    @media (prefers-color-scheme:dark){:root{--ground:#14171a;--card:#1c2024;--ink:#e6e9ec;--soft:#a2abb5;--line:#3a424a;\
    --code:#262b31;--blocker:#ff8a87;--blocker-ground:#3a1b1d;--warning:#f3b95f;--warning-ground:#352812;\
    --unseen:#c3b0f5;--unseen-ground:#292140;--ready:#74d79b;--ready-ground:#15301f;--link:#7db7ff}}
    *{box-sizing:border-box}
    body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.55 system-ui,"Noto Sans CJK SC",sans-serif;\
    overflow-wrap:anywhere}
    header,main{max-width:70rem;margin:0 auto;padding:0 1rem}
    header{padding-top:1rem}
    nav{display:flex;flex-wrap:wrap;gap:0 1.25rem;padding-bottom:.75rem}
    a{color:var(--link)}
    h1{font-size:1.3rem;line-height:1.35;margin:0;padding:.8rem 1rem;border-left:8px solid;border-radius:4px}
    h1.plain{border:0;padding:0}
    h2{font-size:1.1rem;margin:2rem 0 .75rem;padding-bottom:.25rem;border-bottom:1px solid var(--line)}
    h3{font-size:1rem;margin:0}
    h4{font-size:.95rem;margin:.9rem 0 .2rem}
    p,ul{margin:.4rem 0}
    ul{padding-left:1.2rem}
    code,pre,svg text{font-family:ui-monospace,"DejaVu Sans Mono","Noto Sans Mono CJK SC",monospace;unicode-bidi:isolate}
    code{font-size:.9em}
    pre{margin:.3rem 0;padding:.6rem .75rem;background:var(--code);border-radius:4px;overflow-x:auto;font-size:.9rem;\
    line-height:1.45;overflow-wrap:normal;user-select:all}
    pre code{font-size:1em}
    article{background:var(--card);border:1px solid var(--line);border-left:6px solid var(--line);border-radius:4px;\
    padding:.8rem 1rem;margin:0 0 1rem}
    .soft{color:var(--soft);font-size:.9rem}
    .tag{display:inline-block;font-weight:700;padding:0 .4rem;margin-right:.4rem;border:1.5px solid;border-radius:3px;\
    font-size:.85rem;white-space:nowrap}
    h1.not_ready,.tag.blocker,.tag.not_ready{color:var(--blocker);background:var(--blocker-ground)}
    h1.undetermined,.tag.unseen,.tag.undetermined{color:var(--unseen);background:var(--unseen-ground)}
    h1.ready,.tag.ready{color:var(--ready);background:var(--ready-ground)}
    .tag.warning{color:var(--warning);background:var(--warning-ground)}
    article.blocker{border-left-color:var(--blocker)}
    article.warning{border-left:6px dashed var(--warning)}
    article.unseen{border-left:6px dotted var(--unseen)}
    .scroll{overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:4px}
    figure{margin:0}
    figcaption{margin:.4rem 0}
    svg.storage{display:block}
    .name{font-size:12.5px;font-weight:600;fill:var(--ink)}
    .detail{font-size:11px;fill:var(--soft)}
    .words{font-size:11px;font-weight:700}
    .box{fill:var(--code);stroke:var(--soft);stroke-width:1}
    .spindle{stroke:var(--soft);stroke-width:3}
    .mount .box{fill:var(--card)}
    .missing .box{stroke-dasharray:3 4}
    .line{fill:none;stroke:var(--soft);stroke-width:1.2}
    .ground{fill:var(--blocker-ground)}
    .stripe{fill:var(--blocker);fill-opacity:.13}
    .blocker .box{fill:url(#hatch);stroke:var(--blocker);stroke-width:3}
    .blocker .words,.blocker .sign{fill:var(--blocker)}
    .warning .box{fill:var(--warning-ground);stroke:var(--warning);stroke-width:2.5;stroke-dasharray:8 3}
    .warning .words,.warning .sign{fill:var(--warning)}
    .unseen .box{fill:var(--unseen-ground);stroke:var(--unseen);stroke-width:2.5;stroke-dasharray:2 3}
    .unseen .words,.unseen .sign{fill:var(--unseen)}
    .line.blocker{stroke:var(--blocker);stroke-width:3}
    .line.warning{stroke:var(--warning);stroke-width:2.5;stroke-dasharray:8 3}
    .line.unseen{stroke:var(--unseen);stroke-width:2;stroke-dasharray:2 3}
    table{border-collapse:collapse;width:100%;font-size:.9rem}
    th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid var(--line)}
    td.tree{font-family:ui-monospace,"DejaVu Sans Mono",monospace;white-space:pre}
    details{margin:.75rem 0}
    summary{cursor:pointer;color:var(--link)}
    form{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:end;margin-bottom:1rem}
    label{display:grid;font-size:.9rem}
    input,select,button{font:inherit;padding:.25rem .5rem;max-width:100%}
    main{padding-bottom:2rem}
    @media print{.scroll{overflow:visible}pre{white-space:pre-wrap}}

    """
}
