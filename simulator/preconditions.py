"""Whether a write is still about the object that it was made for."""

from simulator.answers import Manifest, Refusal, cause, details_of, invalid, stale
from simulator.kinds import Kind
from simulator.store import Record


def check_version(kind: Kind, before: Record, after: Manifest, *, patch: bool) -> None:
    """Refuse a write that was made for another version or another object."""
    metadata, current = after.get("metadata") or {}, before.item["metadata"]
    name = current["name"]
    if metadata.get("uid") not in (None, "", current["uid"]):
        if patch:
            text = f'Invalid value: "{metadata["uid"]}": field is immutable'
            fixed = cause("metadata.uid", "FieldValueInvalid", text)
            raise invalid(kind, name, [fixed])
        why = f"Precondition failed: UID in precondition: {metadata['uid']}, "
        raise stale(kind, name, f"{why}UID in object meta: {current['uid']}")
    if metadata.get("resourceVersion") not in (None, "", current["resourceVersion"]):
        raise stale(kind, name)


def check_preconditions(kind: Kind, before: Record, uid: str, version: str) -> None:
    """Refuse to delete another object than the one that was meant."""
    metadata = before.item["metadata"]
    title = f"{kind.name}.{kind.group}" if kind.group else kind.name
    for word, wanted, found, end in (
        ("UID", uid, metadata["uid"], "deleted and then recreated"),
        ("ResourceVersion", version, metadata["resourceVersion"], "modified"),
    ):
        if wanted and wanted != found:
            text = f'Operation cannot be fulfilled on {title} "{metadata["name"]}": '
            text += f"the {word} in the precondition ({wanted}) does not match the "
            text += f"{word} in record ({found}). The object might have been {end}"
            details = details_of(kind, metadata["name"])
            raise Refusal(409, "Conflict", text, details=details)


def check_finalizers(kind: Kind, before: Record, after: Manifest) -> None:
    """Refuse new finalizers on what is already going."""
    metadata = before.item["metadata"]
    old, new = metadata.get("finalizers"), after["metadata"].get("finalizers")
    more = sorted(set(new or ()) - set(old or ()))
    if metadata.get("deletionTimestamp") and more:
        shown = ", ".join(f'"{name}"' for name in more)
        text = "Forbidden: no new finalizers can be added if the object is being "
        text += f"deleted, found new finalizers []string{{{shown}}}"
        found = cause("metadata.finalizers", "FieldValueForbidden", text)
        raise invalid(kind, metadata["name"], [found])
