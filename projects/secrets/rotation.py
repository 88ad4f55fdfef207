"""Every sealed value under the newest key, in batches; stop and go on at any time."""

from collections import Counter
from collections.abc import Iterator

from django.apps import apps
from django.db import models

from projects.secrets.envelope import Key, Lost, closed, key_id, opened
from projects.secrets.field import SealedField, place_of
from projects.secrets.keyring import keys

TOGETHER = 200
"""Rows that are read at once."""


def rotate() -> Counter[str]:
    """Seal anew what an older key sealed; count ``rotated``, ``lost`` and ``changed``.

    A value that somebody changes meanwhile is left as they wrote it: with the newest
    key. Safe to run beside everything, and twice.
    """
    ring = {key.id: key for key in keys()}
    newest = keys()[0]
    done: Counter[str] = Counter()
    for model, field in sealed_fields():
        for row in _rows(model, field):
            blob = bytes(getattr(row, field))
            if key_id(blob) != newest.id:
                done[_rotated(row, field, ring.get(key_id(blob)), newest)] += 1
    return done


def uses() -> Counter[bytes]:
    """Count the values that each key sealed, by its id."""
    return Counter(
        key_id(bytes(getattr(row, field)))
        for model, field in sealed_fields()
        for row in _rows(model, field)
    )


def sealed_fields() -> Iterator[tuple[type[models.Model], str]]:
    """Yield every column that holds sealed values."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, SealedField):
                yield model, field.name


def _rows(model: type[models.Model], field: str) -> Iterator[models.Model]:
    rows = model._default_manager.exclude(**{field: None}).only(field, "revision")
    return rows.order_by("pk").iterator(TOGETHER)


def _rotated(row: models.Model, field: str, key: Key | None, newest: Key) -> str:
    blob, place = bytes(getattr(row, field)), place_of(row, field)
    if key is None:
        return "lost"
    try:
        anew = closed(opened(blob, key, place), newest, place)
    except Lost:
        return "lost"
    same = type(row)._default_manager.filter(pk=row.pk, **{field: blob})
    return "rotated" if same.update(**{field: anew}) else "changed"
