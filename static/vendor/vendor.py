"""Fetch the browser libraries again, or check that the committed ones are the pinned.

``vendor.py`` needs npm and the network; ``vendor.py --check`` needs neither.
"""

import base64
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PINS = HERE / "vendor.json"
SOURCE_MAP = re.compile(rb"\n?//[#@] sourceMappingURL=.*\s*\Z")


def fetched(package: str, integrity: str, folder: Path) -> Path:
    """The package's archive, whose checksum is the pinned one."""
    command = ["npm", "pack", "--silent", "--pack-destination", str(folder), package]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    (archive,) = folder.glob("*.tgz")
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if f"sha512-{digest}" != integrity:
        raise SystemExit(f"{package} is not what vendor.json says: sha512-{digest}")
    return archive


def unpacked(archive: Path, member: str) -> bytes:
    """One file of the archive, without its pointer to a source map."""
    with tarfile.open(archive) as tar:
        file = tar.extractfile(f"package/{member}")
        if file is None:
            raise SystemExit(f"{archive.name} has no {member}")
        return SOURCE_MAP.sub(b"\n", file.read())


def fetch(pin: dict) -> None:
    """Write the files of one package, and their checksums into the pin."""
    with tempfile.TemporaryDirectory() as folder:
        package = f"{pin['name']}@{pin['version']}"
        archive = fetched(package, pin["integrity"], Path(folder))
        for file in pin["files"]:
            content = unpacked(archive, file["from"])
            (ROOT / file["to"]).write_bytes(content)
            file["sha256"] = hashlib.sha256(content).hexdigest()


def wrong(pins: list[dict]) -> list[str]:
    """The committed files that are not the pinned ones."""
    return [
        file["to"]
        for pin in pins
        for file in pin["files"]
        if hashlib.sha256((ROOT / file["to"]).read_bytes()).hexdigest()
        != file["sha256"]
    ]


def main(arguments: list[str]) -> int:
    """Check or fetch; 1 when something is wrong."""
    pins = json.loads(PINS.read_text())
    if arguments != ["--check"]:
        for pin in pins:
            fetch(pin)
        PINS.write_text(json.dumps(pins, indent=2) + "\n")
    for path in (found := wrong(pins)):
        sys.stderr.write(f"{path} differs from vendor.json: run ./portal vendor\n")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
