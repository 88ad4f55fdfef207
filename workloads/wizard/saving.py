"""One save of a draft, worked out from a row and a post."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workloads.spec.paths import Location
from workloads.wizard.deeds import Deeds, Told
from workloads.wizard.editing import Editing, Post, last, loaded, number
from workloads.wizard.parts import Step
from workloads.wizard.post import Change, kept

ACCESS = Location(("servingPort", "authorizationType"))
USERS = Location(("servingPort", "authorizedUsers"))
EDITORS = 20
"""Opened pages that a draft remembers."""


@dataclass(frozen=True)
class Saving:
    """What a post makes of a draft."""

    columns: dict[str, Any]
    told: Told
    theirs: dict[str, Any]
    """By place: what another page saved meanwhile and this one wrote over."""


@dataclass(frozen=True)
class Origin:
    """Which opened page a post comes from."""

    editor: str
    count: int
    """The number of the post, of those of its page."""

    base: int
    """The revision that the page showed."""

    @classmethod
    def of(cls, post: Post) -> "Origin":
        """Read the hidden fields."""
        return cls(
            last(post, "editor")[:40],
            number(post, "count"),
            number(post, "revision"),
        )


def saving(draft: Any, step: Step, post: Post, do: str = "") -> Saving | None:
    """Merge a post into a draft's row. None: a later post of its page came before.

    A page without script is posted again under its number: what was typed meanwhile is
    taken, and what the button did is not done twice.
    """
    origin = Origin.of(post)
    last_one = draft.editors.get(origin.editor, 0)
    if origin.count < last_one or not origin.count:
        return None
    do = do if origin.count > last_one else ""
    editing = Editing(draft.document, draft.controls, post, draft.revision + 1)
    changes = kept(editing, step.holds)
    _name_oneself(editing, changes, draft)
    sources = dict(draft.sources)
    _say_who(sources, changes)
    told = Deeds(editing, step.holds, sources, draft.loaded).do(do)
    columns = {
        "document": editing.document,
        "controls": editing.controls,
        "sources": sources,
        "revision": draft.revision + 1,
        "editors": _counted(draft.editors, origin),
        "edits": _edited(draft.edits, changes, origin, draft.revision + 1),
    }
    return Saving(columns, told, _theirs(draft, changes, origin, post, do))


def _name_oneself(editing: Editing, changes: list[Change], draft: Any) -> None:
    """Whoever lets in specific users is one of them, until they remove themselves."""
    chosen = any(change.name == str(ACCESS) for change in changes)
    if chosen and editing.get(ACCESS) == USERS[-1] and editing.get(USERS) is None:
        editing.set(USERS, [draft.owner.get_username()])


def _say_who(sources: dict[str, str], changes: list[Change]) -> None:
    """What is said anew is the user's, even inside something that was copied."""
    for change in changes:
        sources.pop(change.place, None)
        if any(change.place.startswith(place) for place in sources):
            sources[change.place] = "you"


def _counted(editors: Mapping[str, int], origin: Origin) -> dict[str, int]:
    others = [(k, v) for k, v in editors.items() if k != origin.editor]
    return dict([*others[1 - EDITORS :], (origin.editor, origin.count)])


def _edited(
    edits: Mapping[str, Any], changes: list[Change], origin: Origin, revision: int
) -> dict[str, Any]:
    mine = {change.place: [origin.editor, revision] for change in changes}
    return {**edits, **mine}


def _theirs(
    draft: Any, changes: list[Change], origin: Origin, post: Post, do: str
) -> dict[str, Any]:
    theirs = loaded(last(post, "theirs", "{}"), dict)
    for change in changes:
        theirs.pop(change.place, None)
        editor, revision = draft.edits.get(change.place, ("", 0))
        newer = revision > origin.base or change.unseen
        if editor not in ("", origin.editor) and newer:
            theirs[change.place] = change.before
    if do.startswith("theirs:"):
        theirs.pop(do.removeprefix("theirs:"), None)
    return theirs
