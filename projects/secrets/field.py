"""The column of a sealed value."""

from typing import Any

from django.db import models

from projects.secrets.envelope import Place


class SealedField(models.BinaryField):
    """Holds a sealed value. Its model has a ``revision`` that each new value raises."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **({"null": True, "editable": False} | kwargs))


def place_of(row: models.Model, field: str, revision: int | None = None) -> Place:
    """Return where a row's sealed value lies: as it is, or with its next revision."""
    number = row.revision if revision is None else revision  # type: ignore[attr-defined]  # see SealedField
    return Place(str(row._meta.model_name), str(row.pk), field, number)
