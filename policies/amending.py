"""Changes of a policy's text that a warning offers. All else stays as it was typed."""

from typing import Any, NamedTuple

import yaml

from policies.engine.advice import Copy, Instead, Offer, Put
from policies.places import place_of
from policies.reading import NotReadable, Place, Reading, reading
from policies.typed import typed
from policies.writing import flow_text, policy_text

Node = Any
INDENT = 2


def amended(text: str, offer: Offer) -> str:
    """Return the text with the change, or as it was where that cannot be done."""
    found = reading(text)
    document, amending = typed(found.document)[0], _Amending(text)
    target = place_of(offer.target, found)
    match offer:
        case Instead():
            new, value = amending.replaced(target, offer), offer.value
            target = (*target[:-1], offer.name)
        case Put():
            target, value = tuple(map(str, offer.target)), offer.value
            new = amending.added(target, _written(target[-1], value))
        case Copy():
            source = place_of(offer.source, found)
            target, value = tuple(map(str, offer.target)), _at(document, source)
            new = amending.added(target, amending.piece(source, value))
    return new if _is_done(new, target, value, found) else text


class Piece(NamedTuple):
    """A name with its value, as rows from the first column, and in one row."""

    rows: list[str]
    flow: str


def _written(name: str, value: Any) -> Piece:
    document = {name: value}
    rows = policy_text(document).rstrip("\n").split("\n")
    return Piece(rows, flow_text(document)[1:-1])


def _at(document: Any, place: Place) -> Any:
    """Return what a document has at a place; None where there is nothing."""
    for name in place:
        if isinstance(document, list):
            document = document[int(name)]
        else:
            document = document.get(name) if isinstance(document, dict) else None
    return document


def _is_done(new: str, target: Place, value: Any, before: Reading) -> bool:
    """Whether the new text says it, and all else that was said: texts may be odd."""
    try:
        after = reading(new)
    except NotReadable:
        return False
    written = _at(typed(after.document)[0], target) == value
    return written and _holds(before.document, after.document)


def _holds(old: Any, new: Any) -> bool:
    """Whether nothing that was said is lost, a renamed leaf aside."""
    if isinstance(old, dict) and isinstance(new, dict):
        lost = old.keys() - new.keys()
        return len(lost) <= 1 and all(
            _holds(value, new[name]) for name, value in old.items() if name not in lost
        )
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(_holds, old, new))
    return old in (None, {}) or old == new


class _Amending:
    def __init__(self, text: str) -> None:
        self.rows = text.split("\n")
        self.root: Node = yaml.compose(text, Loader=yaml.CSafeLoader)

    @property
    def text(self) -> str:
        return "\n".join(self.rows)

    def piece(self, place: Place, said: Any) -> Piece:
        """Return what stands at a place: as it was typed, with the comments above."""
        parent, (key, value) = self.entry(place)
        written = _written(place[-1], said)
        last = _last_row(value)
        typed_flow = self.rows[last][key.start_mark.column : value.end_mark.column]
        alone = last == key.start_mark.line and (_is_flow(value) or parent.flow_style)
        flow = typed_flow if alone else written.flow
        if parent.flow_style:
            return Piece([flow], flow)
        column, first = key.start_mark.column, key.start_mark.line
        while first and self.comment(first - 1, column):
            first -= 1
        rows = [_without(row, column) for row in self.rows[first : last + 1]]
        return Piece(rows, flow)

    def comment(self, row: int, column: int) -> bool:
        """Whether the row is a comment of what stands at the column."""
        return self.rows[row].startswith(" " * column + "#")

    def entry(self, place: Place) -> tuple[Node, tuple[Node, Node]]:
        """Return the mapping that holds the last name of the place, and the entry."""
        parent, node, found = None, self.root, (None, self.root)
        for name in place:
            parent = node
            if isinstance(node, yaml.SequenceNode):
                found = (None, node.value[int(name)])
            else:
                found = _child(node, name) or (None, None)
            node = found[1]
        return parent, found

    def added(self, place: Place, piece: Piece) -> str:
        """Return the text with the piece at a place where nothing stands."""
        node, names = self.root, list(place)
        while names:
            found = _child(node, names[0])
            if found is None:
                self.behind(node, names, piece)
                return self.text
            key, value = found
            del names[0]
            if not (isinstance(value, yaml.MappingNode) and value.value):
                self.filled(node, key, value, names or [key.value], piece)
                return self.text
            node = value
        return self.text

    def behind(self, node: Node, names: list[str], piece: Piece) -> None:
        """Write below a mapping, behind what it has."""
        last = node.value[-1][1]
        if node.flow_style:
            end = last.end_mark
            self.insert(end.line, end.column, f", {_nested(names, piece.flow)}")
        else:
            column = node.value[0][0].start_mark.column
            row = _last_row(last) + 1
            self.rows[row:row] = _rows(names, piece.rows, column)

    def filled(
        self, node: Node, key: Node, value: Node, names: list[str], piece: Piece
    ) -> None:
        """Write in the place of a value that says nothing."""
        at, end = value.start_mark, value.end_mark
        if at.line != key.start_mark.line or end.line != at.line:
            return
        itself = names == [key.value]
        row = self.rows[at.line]
        if node.flow_style:
            inner = piece.flow if itself else f"{{{_nested(names, piece.flow)}}}"
            start = key.start_mark.column if itself else at.column
            before = row[:start]
            gap = "" if itself or before.endswith(" ") else " "
            self.rows[at.line] = f"{before}{gap}{inner}{row[end.column :]}"
            return
        column = key.start_mark.column
        if itself:
            self.rows[at.line : at.line + 1] = _rows(names, piece.rows, column)
            return
        kept = (row[: at.column].rstrip() + row[end.column :]).rstrip()
        below = _rows(names, piece.rows, column + INDENT)
        self.rows[at.line : at.line + 1] = [kept, *below]

    def replaced(self, place: Place, offer: Instead) -> str:
        """Return the text with another name and value in the place of one."""
        _, (key, value) = self.entry(place)
        if key is None:
            return self.text
        start, last = key.start_mark, _last_row(value)
        typed_alone = last == start.line or _is_flow(value)
        behind = self.rows[last][value.end_mark.column :] if typed_alone else ""
        new = flow_text({offer.name: offer.value})[1:-1]
        row = f"{self.rows[start.line][: start.column]}{new}{behind}"
        self.rows[start.line : last + 1] = [row]
        return self.text

    def insert(self, row: int, column: int, text: str) -> None:
        old = self.rows[row]
        self.rows[row] = f"{old[:column]}{text}{old[column:]}"


def _child(node: Node, name: str) -> tuple[Node, Node] | None:
    entries = node.value if isinstance(node, yaml.MappingNode) else ()
    return next((entry for entry in entries if entry[0].value == name), None)


def _is_flow(node: Node) -> bool:
    """Whether the node ends where it says, and not where the next one begins."""
    if isinstance(node, yaml.ScalarNode):
        return node.style not in ("|", ">")
    return bool(node.flow_style)


def _last_row(node: Node) -> int:
    """Return the row in which a node ends; comments behind it are not its own."""
    if not isinstance(node, yaml.ScalarNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _last_row(last[1] if isinstance(last, tuple) else last)
    end = node.end_mark
    return end.line - (0 if _is_flow(node) or end.column else 1)


def _without(row: str, column: int) -> str:
    """Return the row without its first columns, as far as they are blank."""
    return row[column:] if not row[:column].strip() else row.lstrip()


def _rows(names: list[str], rows: list[str], column: int) -> list[str]:
    """Return the rows below the names of their sections, from a column on."""
    *above, _ = names
    heads = [f"{' ' * (column + INDENT * n)}{name}:" for n, name in enumerate(above)]
    indent = " " * (column + INDENT * len(above))
    return [*heads, *(f"{indent}{row}" if row else row for row in rows)]


def _nested(names: list[str], flow: str) -> str:
    """Return the same in one row."""
    for name in reversed(names[:-1]):
        flow = f"{name}: {{{flow}}}"
    return flow
