"""What axe finds on a page; run by evaluation, which works under our policy."""

from pathlib import Path

VENDORED = Path(__file__).resolve().parent.parent / "support" / "vendor"
SOURCE = (VENDORED / "axe.min.js").read_text()
EVERYTHING = (
    "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice",
)  # fmt: skip
COLOURS = ("color-contrast",)
RUN = """async ([type, values]) => {
  const found = await axe.run(document, {
    runOnly: {type, values}, resultTypes: ["violations", "incomplete"]});
  const told = (rule, node, kind) => {
    const checks = [...node.any, ...node.all, ...node.none];
    const why = checks.map((check) => check.message).join("; ");
    const where = node.target.join(" ");
    return `${kind}: ${rule.id} at ${where}: ${node.html.slice(0, 160)} (${why})`;
  };
  const wrong = found.violations.flatMap((rule) =>
    rule.nodes.map((node) => told(rule, node, "violation")));
  const unseen = found.incomplete.filter((rule) => rule.id === "color-contrast")
    .flatMap((rule) => rule.nodes
      .filter((node) => node.any.some((c) => c.data?.messageKey === "equalRatio"))
      .map((node) => told(rule, node, "unreadable")));
  return [...wrong, ...unseen];
}"""
WIDE, NARROW = {"width": 1440, "height": 2400}, {"width": 390, "height": 5000}
"""So high that nothing is hidden behind a bar that stays while one scrolls."""

LOOKS = (
    ("light", WIDE, ("tag", EVERYTHING)),
    ("light", NARROW, ("tag", EVERYTHING)),
    ("dark", NARROW, ("rule", COLOURS)),
    ("dark", WIDE, ("rule", COLOURS)),
)


def problems_in_every_look(page):
    """Every violation, and every text in the colour of its ground, as it stands.

    In both widths; another theme changes nothing but colours.
    """
    found = []
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(SOURCE)
    for theme, size, rules in LOOKS:
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        page.set_viewport_size(size)
        look = f"{theme}, {size['width']}"
        found += [f"{look}: {text}" for text in page.evaluate(RUN, rules)]
    return found
