"""What the buttons of a step do: ``do=add:…``, ``remove:…``, ``up:…`` and so on."""

from collections.abc import Callable
from copy import deepcopy
from types import MappingProxyType
from typing import Any, NamedTuple

from workloads.spec.paths import Location
from workloads.wizard.editing import Editing, field_at, last, loaded
from workloads.wizard.kinds import KINDS
from workloads.wizard.loaded import Loaded, below, record_of, value_of
from workloads.wizard.parts import Section
from workloads.wizard.steps import BOTH, WORKER

KINDS_OF_KEY = {
    "tolerations": "toleration",
    "pvc": "volume",
    "emptyDirVolume": "emptydir",
    "nfs": "nfs",
}
"""Items whose key nobody sees: ``<kind>-<n>``, never reused."""

FIRST_CELL = {"tolerations": "key", "pvc": "path", "emptyDirVolume": "path"}
BUTTONS = {"storage": "add-data-button"}
"""Where several lists share one button to add: its id."""


NOTHING: Loaded = MappingProxyType({})


class Told(NamedTuple):
    """What the redraw after a button does for the one who pressed it."""

    focus: str = ""
    """The name of the input, or the id, that gets the focus."""

    message: str = ""


class Deeds(NamedTuple):
    """The buttons of one post. ``sources`` are the draft's, changed in place."""

    editing: Editing
    holds: Callable[[Location], bool]
    sources: dict[str, str]
    loaded: Loaded = NOTHING

    def do(self, what: str) -> Told:
        """Carry out one button. A name that makes no sense does nothing."""
        verb, _, name = what.partition(":")
        deed = {
            "add": self.add,
            "remove": self.remove,
            "up": self.up,
            "down": self.down,
            "reset": self.reset,
            "copy": self.copy,
            "theirs": self.theirs,
        }.get(verb)
        if deed is None:
            return Told()
        if verb == "copy":
            return self.copy(name)
        location = Location.parse(name)
        if not self.holds(location) or field_at(location) is None:
            return Told()
        return deed(name)

    def add(self, name: str) -> Told:
        """Add an item to a list, a health check, a topology or a node pool."""
        path = Location.parse(name)
        field = field_at(path)
        if field is None or not (field.array or field.children):
            return Told()
        if field.array:
            return self.add_text(name)
        if not field.items:
            return self.add_object(name) if field.optional else Told()
        kind = KINDS_OF_KEY.get(str(path[-1]))
        key = self.editing.new_key(name, kind) if kind else ""
        item: dict[str, Any] = {field.key: key} if kind else {}
        drawn = self.editing.drawn(path)
        drawn.append(self.editing.append(path, item))
        cell = FIRST_CELL.get(str(path[-1]), "server" if kind else field.key)
        return Told(f"{name}.{len(drawn) - 1}.{cell}", "Added.")

    def add_text(self, name: str) -> Told:
        """Add to an ordered list what stands in the select beside the button."""
        text = last(self.editing.post, f"{name}:add")
        items = self.ordered(name)
        if not text or text in items:
            return Told(f"{name}:add")
        self.editing.set(Location.parse(name), [*items, text])
        message = f"{text} added, {len(items) + 1} in all."
        return Told(f"up:{name}.{len(items)}", message)

    def ordered(self, name: str) -> list[str]:
        """Return an ordered list as the page has it: posted, said or shown."""
        if f"{name}:marker" in self.editing.post:
            return [text for text in self.editing.post.get(name, ()) if text]
        shown = loaded(last(self.editing.post, "shown", "{}"), dict).get(name)
        return list(shown) if isinstance(shown, list) else []

    def add_object(self, name: str) -> Told:
        """Begin an optional object by saying the one thing that it needs first."""
        path = Location.parse(name)
        if path[-1] == "podAffinity":
            self.editing.set(path / "type", "Required")
            return Told(f"{name}.key", "Topology added.")
        self.editing.set(path / "periodSeconds", 10)
        self.editing.controls[f"{name}:handler"] = "httpGet"
        return Told(f"{name}.handler.httpGet.port", "Health check added.")

    def remove(self, name: str) -> Told:
        """Remove a row, or what an optional object says."""
        location = Location.parse(name)
        if not isinstance(location[-1], int):
            self.editing.remove(location)
            self.editing.controls.pop(f"{name}:handler", None)
            return Told(f"add:{name}", "Removed.")
        path = Location(location[:-1])
        if KINDS.get(path.path):
            items = self.ordered(str(path))
            gone = items.pop(location[-1]) if location[-1] < len(items) else ""
            self.editing.set(path, items or None)
            back = "" if items else " The usual order is back."
            return Told(f"{path}:add", f"{gone} removed.{back}")
        return self.remove_row(location, path)

    def remove_row(self, location: Location, path: Location) -> Told:
        """Take a row back; what a policy brings is excluded under its key."""
        place = self.editing.place(location)
        if place is None:
            return Told()
        row = self.editing.get(place)
        key = self.editing.key_of(path)
        if self.by_policy(location, row):
            self.editing.set(place, {key: row.get(key), "exclude": True})
        else:
            self.editing.remove(place)
            self.editing.moved(path)
        return Told(BUTTONS.get(str(path[-2]), f"add:{path}"), "Removed.")

    def by_policy(self, location: Location, row: Any) -> bool:
        """Whether the page told that a policy brings the row."""
        return f"{location}:policy" in self.editing.post and isinstance(row, dict)

    def up(self, name: str) -> Told:
        """Move one place towards the first."""
        return self.move(name, -1)

    def down(self, name: str) -> Told:
        """Move one place towards the last."""
        return self.move(name, 1)

    def move(self, name: str, by: int) -> Told:
        """Change places with a neighbour, in an ordered list or among said rows."""
        location = Location.parse(name)
        path, drawn = Location(location[:-1]), location[-1]
        if not isinstance(drawn, int):
            return Told()
        place = drawn
        if KINDS.get(path.path):
            items: list[Any] = self.ordered(str(path))
        else:
            found = self.editing.place(location, append=False)
            place = int(str(found[-1])) if found else -1
            items = list(self.editing.items(path))
        other = place + by
        if not (0 <= place < len(items) and 0 <= other < len(items)):
            return Told()
        items[place], items[other] = items[other], items[place]
        self.editing.set(path, items)
        self.editing.moved(path)
        verb = "up" if by < 0 else "down"
        what = items[other] if isinstance(items[other], str) else "Row"
        text = f"{what} moved to {other + 1} of {len(items)}."
        return Told(f"{verb}:{path}.{drawn + by}", text)

    def reset(self, name: str) -> Told:
        """Take back what was said: what was loaded returns, else the default."""
        place = self.editing.place(Location.parse(name), append=False)
        if place is not None:
            keyed = self.editing.keyed(place)
            value = value_of(self.loaded, keyed)
            again = value is not None and value != self.editing.get(place)
            self.forget(keyed)
            if again:
                self.load_again(place, keyed, value)
            else:
                self.editing.remove(place)
            rows = Location(place[:-1]) if isinstance(place[-1], int) else place
            if self.editing.key_of(rows):
                self.editing.moved(rows)
        return Told(name, "Reset.")

    def forget(self, keyed: str) -> None:
        """Drop what is kept beside a value."""
        for end in (":auto", ":unit"):
            self.editing.controls.pop(keyed + end, None)
        self.sources.pop(keyed, None)

    def load_again(self, place: Location, keyed: str, value: Any) -> None:
        """Have a field, a row or a list say again what the asset gave it."""
        self.editing.set(place, deepcopy(value))
        for each in [each for each in self.sources if below(each, keyed)]:
            del self.sources[each]
        record = record_of(self.loaded, keyed)
        self.sources[keyed] = record["asset"] if record else "you"

    def theirs(self, name: str) -> Told:
        """Take the value that another page saved."""
        values = loaded(last(self.editing.post, "theirs", "{}"), dict)
        place = self.editing.place(Location.parse(name))
        if name in values and place is not None:
            self.editing.set(place, values[name])
        return Told(name, "Taken.")

    def copy(self, slug: str) -> Told:
        """Have the workers say what the leader says, in one section or in all."""
        sections = [each for each in BOTH if slug in ("all", each.slug)]
        for section in sections:
            self.copy_section(section)
        if not sections:
            return Told()
        what = "All settings" if slug == "all" else sections[0].title
        return Told(f"copy:{slug}", f"{what} copied from the leader.")

    def copy_section(self, section: Section) -> None:
        """Copy what is said; what the leader leaves unsaid becomes unsaid."""
        for name in (*section.fields, *section.also):
            if name.startswith("/"):
                continue
            mine = Location((*WORKER, *name.split(".")))
            theirs = Location(("leader", *name.split(".")))
            value = deepcopy(self.editing.get(theirs))
            self.editing.set(mine, value)
            for each in [each for each in self.sources if below(each, str(mine))]:
                del self.sources[each]
            if self.editing.key_of(mine):
                self.editing.moved(mine)
            self.copy_controls(str(theirs), str(mine))
            if value is not None:
                self.sources[str(mine)] = "copy"

    def copy_controls(self, theirs: str, mine: str) -> None:
        """Units and the like go along."""
        for control, value in list(self.editing.controls.items()):
            if control.startswith(theirs) and control[len(theirs) :][:1] in ".:[":
                self.editing.controls[mine + control[len(theirs) :]] = value
