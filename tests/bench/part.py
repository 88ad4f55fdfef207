"""``python -m tests.bench.part NAME``: measure one part, print its figures as JSON.

Each part is a process of its own, on an empty data folder.
"""

import json
import os
import sys
import tempfile
from importlib import import_module
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command

PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"
WITH_DATABASE = {"wizard", "table", "follower", "impact"}


def prepare(folder: Path) -> None:
    """Make Django ready for requests inside the process."""
    for name in ("db", "static"):
        (folder / name).mkdir()
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "runai_portal.settings",
        "PORTAL_DATA": str(folder),
    }
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": PLAIN}}
    settings.ALLOWED_HOSTS = ["testserver"]
    django.setup()
    call_command("migrate", verbosity=0)


def main() -> None:
    """Measure, and say what came out on the last line."""
    name = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        if name in WITH_DATABASE:
            prepare(Path(folder))
        part = import_module(f"tests.bench.{name}")
        print(json.dumps(part.measure()))


if __name__ == "__main__":
    main()
