"""Static files: own style sheets and scripts are joined, then hashed and compressed."""

from collections.abc import Callable, Iterable
from pathlib import PurePosixPath
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

FIRST = ("css/tokens.css", "css/base.css")
"""The cascade layers, then the shapes that components share; the rest by name."""


def in_order(name: str) -> tuple[int, str]:
    """Where a file stands in its bundle."""
    return (FIRST.index(name) if name in FIRST else len(FIRST), name)


def block(script: str) -> str:
    """A module among others: its names stay its own."""
    return f"{{\n{script}\n}}\n"


def joined(storage: Any, names: Iterable[str], shape: Callable[[str], str]) -> str:
    """The text of the files, in order."""
    texts = []
    for name in names:
        with storage.open(name) as file:
            texts.append(shape(file.read().decode()))
    return "\n".join(texts)


class BundledStorage(CompressedManifestStaticFilesStorage):
    """Joins ``css/*`` into ``app.css`` and ``js/elements/*`` into ``app.js``."""

    manifest_strict = True
    bundles: tuple[tuple[str, str, Callable[[str], str]], ...] = (
        ("app.css", "css", str),
        ("app.js", "js/elements", block),
    )

    def post_process(self, paths: dict, dry_run: bool = False, **options: Any) -> Any:
        """Write the bundles, then hash and compress them with everything else."""
        if dry_run:
            return
        for bundle, folder, shape in self.bundles:
            parts = [
                name for name in paths if str(PurePosixPath(name).parent) == folder
            ]
            parts.sort(key=in_order)
            self.delete(bundle)
            self.save(bundle, ContentFile(joined(self, parts, shape).encode()))
            paths[bundle] = (self, bundle)
        yield from super().post_process(paths, dry_run, **options)
