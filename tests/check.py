"""`./portal check`: everything that is checked without running the product."""

import subprocess
import sys
import tempfile
import time
from os import environ
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
LONGEST = 400
TEMPLATES = "templates"
CHECKS = {
    "format": ["ruff", "format", "--check", "-q", "."],
    "lint": ["ruff", "check", "-q", "."],
    "import contracts": ["lint-imports"],
    "types": ["mypy"],
    "template format": ["djade", "--check", "--target-version", "5.2"],
    "template lint": ["djlint", "--lint", "--quiet", TEMPLATES],
    "migrations": ["python", "manage.py", "makemigrations", "--check", "--dry-run"],
    "vendored files": ["python", "static/vendor/vendor.py", "--check"],
    "table of fields": ["python", "-m", "tests.fields", "--check"],
}
FIXES = {
    "format": ["ruff", "format", "-q", "."],
    "lint": ["ruff", "check", "-q", "--fix", "."],
    "template format": ["djade", "--target-version", "5.2"],
    "table of fields": ["python", "-m", "tests.fields"],
}


def run(name: str, command: list[str]) -> bool:
    """Run one tool, print what it found. Return whether it found nothing."""
    program, *rest = command
    if program == "djade":
        rest += sorted(map(str, (ROOT / TEMPLATES).rglob("*.html")))
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "db").mkdir()
        done = subprocess.run(
            [BIN / program, *rest],
            cwd=ROOT,
            env=environ | {"PORTAL_DATA": folder},
            capture_output=True,
            text=True,
            check=False,
        )
    good = done.returncode == 0
    print(f"{'ok  ' if good else 'FAIL'} {name} ({time.monotonic() - begun:.1f} s)")
    if not good:
        print(done.stdout + done.stderr)
    return good


def short_modules() -> bool:
    """Say which modules are too long to be about one thing."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    long = [
        f"{name}: {lines} lines"
        for name in listed.stdout.split()
        if not name.startswith("tests/") and "/migrations/" not in name
        if (lines := len((ROOT / name).read_text().splitlines())) > LONGEST
    ]
    print(f"{'FAIL' if long else 'ok  '} short modules")
    print("\n".join(long), end="\n" if long else "")
    return not long


def main() -> int:
    """Run all checks, or repair what can be repaired."""
    if "--fix" in sys.argv[1:]:
        return 0 if not [fix for fix in FIXES.items() if not run(*fix)] else 1
    found = [run(*check) for check in CHECKS.items()] + [short_modules()]
    return 0 if all(found) else 1


if __name__ == "__main__":
    sys.exit(main())
