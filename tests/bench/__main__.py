"""``./portal bench [NAME…] [--markdown]``: measure, compare with the bars, keep.

Without names every part. The figures go to ``bench-results/<time>.json``, with
``--markdown`` also into the table of ``docs/benchmarks.md``.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.bars import BARS, PARTS, Bar

ROOT = Path(__file__).resolve().parent.parent.parent
RESULTS = ROOT / "bench-results"
PAGE = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"
Figures = dict[str, dict[str, float]]


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="./portal bench")
    parser.add_argument("parts", nargs="*", metavar="NAME", help=", ".join(PARTS))
    parser.add_argument(
        "--markdown", action="store_true", help="rewrite the table of the page"
    )
    said = parser.parse_args()
    if strange := set(said.parts) - set(PARTS):
        parser.error(f"there is no {', '.join(sorted(strange))}")
    return said


def measured(part: str) -> dict[str, float]:
    """The figures of one part, measured in a process of its own."""
    sys.stderr.write(f"{part} …\n")
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.part", part],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def output(*command: str) -> str:
    """What a command says; empty where there is none."""
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    return done.stdout.strip()


def machine() -> dict[str, object]:
    """Where it was measured, and how busy it was."""
    model = output("sh", "-c", "grep -m1 '^model name' /proc/cpuinfo | cut -d: -f2")
    return {
        "processor": model or platform.processor(),
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 1),
    }


def lines(figures: Figures) -> list[tuple[Bar, float]]:
    """The figures that have a name for people, in order."""
    return [
        (bar, figures[bar.part][bar.figure])
        for bar in BARS
        if bar.figure in figures.get(bar.part, {})
    ]


def verdict(bar: Bar, value: float) -> str:
    """Whether the bar is met, in a word."""
    if bar.most is None:
        return ""
    return "met" if bar.met(value) else "MISSED"


def bar_of(bar: Bar) -> str:
    """The bar in words."""
    return "" if bar.most is None else f"≤ {bar.most:g} {bar.unit}".strip()


def told(figures: Figures) -> str:
    """The table for a terminal."""
    found = []
    for bar, value in lines(figures):
        figure = f"{value:g} {bar.unit}".strip()
        row = f"{bar.part:10}{bar.words:52}{figure:>12}  {bar_of(bar):12}"
        found.append(f"{row}{verdict(bar, value)}".rstrip())
    return "\n".join(found)


def newest() -> tuple[Figures, dict[str, str]]:
    """The last figures of each part that were kept, and when each was measured."""
    figures: Figures = {}
    when: dict[str, str] = {}
    for path in sorted(RESULTS.glob("*.json")):
        kept = json.loads(path.read_text())
        figures |= kept["figures"]
        told = f"{kept['at']}, {kept['commit']}, load {kept['machine']['load']}"
        when |= dict.fromkeys(kept["figures"], told)
    return figures, when


def markdown(here: dict[str, object]) -> str:
    """The table for the page, of the last figures of each part."""
    figures, when = newest()
    head = (
        f"{here['processor'].strip()}, {here['cores']} cores, Python {here['python']}."
    )
    rows = ["| Part | Figure | Measured | Bar | | When |", "|---|---|---|---|---|---|"]
    for bar, value in lines(figures):
        figure = f"{value:g} {bar.unit}".strip()
        cells = (bar.part, bar.words, figure, bar_of(bar), verdict(bar, value))
        rows.append(f"| {' | '.join((*cells, when[bar.part]))} |")
    return "\n".join([head, "", *rows])


def rewrite(text: str) -> None:
    """Put the table between the two marks of the page."""
    page = PAGE.read_text()
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}")


def main() -> int:
    """Run the parts; 1 when a bar is missed."""
    said = arguments()
    at = datetime.now(UTC)
    kept: dict[str, object] = {
        "at": f"{at:%Y-%m-%d %H:%M} UTC",
        "commit": output("git", "describe", "--always", "--dirty"),
        "machine": machine(),
    }
    figures = {part: measured(part) for part in said.parts or PARTS}
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{at:%Y%m%d-%H%M%S}.json"
    path.write_text(json.dumps(kept | {"figures": figures}, indent=2) + "\n")
    print(told(figures))
    print(f"Kept in {path.relative_to(ROOT)}")
    if said.markdown:
        rewrite(markdown(machine()))
    return 1 if "MISSED" in told(figures) else 0


if __name__ == "__main__":
    sys.exit(main())
