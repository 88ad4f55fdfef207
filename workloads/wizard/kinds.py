"""What inputs of one field hold, as texts, and the JSON that they say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from types import UnionType
from typing import Annotated, Any, ClassVar, Literal, Union, get_args, get_origin

from workloads.spec.paths import FieldPath
from workloads.spec.quantity import GRAMMAR, CommandLine, Quantity
from workloads.spec.schema import SCHEMA

Texts = Mapping[str, Any]
"""By suffix: ``""`` is the input itself, ``:unit`` and ``:auto`` stand beside it."""

UNIT_NAMES = {
    "M": "MB", "G": "GB", "Mi": "MiB", "Gi": "GiB", "T": "TB", "Ti": "TiB",
    "k": "kB", "Ki": "KiB", "": "bytes", "m": "millibytes",
}  # fmt: skip
UNITS = ("M", "G")
LEAST = Decimal("1e-9")
"""The finest part of a number that is read as one."""


@dataclass(frozen=True)
class Words:
    """A text, as it is."""

    template: ClassVar[str] = "text"
    long: bool = False
    mode: str = "text"

    def texts(self, value: Any, controls: Texts) -> dict[str, Any]:
        """What the inputs show."""
        return {"": "" if value is None else str(value)}

    def value(self, texts: Texts) -> Any:
        """The JSON of what was typed; None says nothing."""
        return texts.get("") or None


@dataclass(frozen=True)
class Whole(Words):
    """A whole number."""

    mode: str = "numeric"

    def value(self, texts: Texts) -> Any:
        """A number, or the text that is none."""
        text = str(texts.get("") or "").strip()
        digits = text.removeprefix("-")
        if digits.isascii() and digits.isdigit() and len(text) < 20:
            return int(text)
        return text or None


@dataclass(frozen=True)
class Share(Words):
    """A portion, in percent of a device."""

    mode: str = "decimal"

    def texts(self, value: Any, controls: Texts) -> dict[str, Any]:
        return {"": self.shown(value)}

    def shown(self, value: Any) -> str:
        """Return a part of one in percent."""
        return _times(value, 100)

    def value(self, texts: Texts) -> Any:
        """The part of one; the sign of percent may stand behind the number."""
        return _over(str(texts.get("") or "").strip().removesuffix("%"), 100)


@dataclass(frozen=True)
class Cores(Words):
    """A number of cores, or of thousandths."""

    template: ClassVar[str] = "amount"
    mode: str = "decimal"
    units: ClassVar[tuple[tuple[str, str], ...]] = (
        ("cores", "cores"),
        ("millicores", "millicores"),
    )
    sizes: ClassVar[dict[str, int]] = {"cores": 1, "millicores": 1000}

    def texts(self, value: Any, controls: Texts) -> dict[str, Any]:
        unit = controls.get(":unit", "cores")
        return {"": _times(value, self.sizes.get(unit, 1)), ":unit": unit}

    def value(self, texts: Texts) -> Any:
        """A number takes the unit beside it; thousandths may say so: ``500m``."""
        text = str(texts.get("") or "").strip()
        if text.endswith("m") and isinstance(_over(text[:-1], 1), int | float):
            return _over(text[:-1], 1000)
        return _over(text, self.sizes.get(texts.get(":unit", ""), 1))


@dataclass(frozen=True)
class Amount(Words):
    """A quantity, as a number and its unit."""

    template: ClassVar[str] = "amount"
    mode: str = "decimal"

    def texts(self, value: Any, controls: Texts) -> dict[str, Any]:
        unit = controls.get(":unit", "G")
        match = GRAMMAR.fullmatch(value) if isinstance(value, str) else None
        if value is None or not match or match[2]:
            return {"": "" if value is None else str(value), ":unit": unit}
        return {"": match[1], ":unit": match[3] or ""}

    def value(self, texts: Texts) -> Any:
        """A number takes the unit beside it; a text with its own unit keeps that."""
        text = str(texts.get("") or "").strip()
        match = GRAMMAR.fullmatch(text)
        plain = match is not None and not match[2] and not match[3]
        return f"{text}{texts.get(':unit', '')}" if plain else text or None

    def units_of(self, unit: str) -> tuple[tuple[str, str], ...]:
        """MB and GB; the unit that the value has, too, and its sister."""
        also = {"Mi": ("Mi", "Gi"), "Gi": ("Mi", "Gi")}.get(unit, (unit,))
        return tuple(
            (name, UNIT_NAMES.get(name, name))
            for name in dict.fromkeys((*UNITS, *also))
        )


@dataclass(frozen=True)
class Choice(Words):
    """One of a closed set."""

    template: ClassVar[str] = "select"
    options: tuple[str, ...] = ()
    optional: bool = False


@dataclass(frozen=True)
class Flag(Words):
    """Yes or no. A hidden ``false`` stands before the box."""

    template: ClassVar[str] = "checkbox"

    def texts(self, value: Any, controls: Texts) -> dict[str, Any]:
        if value is None or isinstance(value, bool):
            return {"": "true" if value else "false"}
        return {"": str(value)}

    def value(self, texts: Texts) -> Any:
        text = texts.get("")
        return {"true": True, "false": False}.get(text or "", text or None)


@dataclass(frozen=True)
class Several(Words):
    """Any of a closed set, or an ordered list; a marker tells that none is meant."""

    template: ClassVar[str] = "several"
    options: tuple[str, ...] = ()

    def texts(self, value: Any, controls: Texts) -> dict[str, Any]:
        return {"": [str(each) for each in _listed(value)]}

    def value(self, texts: Texts) -> Any:
        return list(texts.get("") or ())


@dataclass(frozen=True)
class Lines(Words):
    """A list, one a line."""

    template: ClassVar[str] = "text"
    long: bool = True

    def texts(self, value: Any, controls: Texts) -> dict[str, Any]:
        return {"": "\n".join(str(each) for each in _listed(value))}

    def value(self, texts: Texts) -> Any:
        found = (line.strip() for line in str(texts.get("") or "").splitlines())
        return [line for line in found if line]


Kind = Words
BY_TYPE: tuple[tuple[type, Kind], ...] = (
    (bool, Flag()),
    (int, Whole()),
    (Quantity, Amount()),
    (CommandLine, Words(long=True)),
)
SPECIAL: dict[str, Kind] = {
    "nodePools": Several(),
    "quantity": Words(),
    "gpuPortionRequest": Share(),
    "gpuPortionLimit": Share(),
    "cpuCoreRequest": Cores(),
    "cpuCoreLimit": Cores(),
}


def _kind(path: FieldPath) -> Kind:
    field = SCHEMA.at(path)
    if path[-1] in SPECIAL:
        return SPECIAL[path[-1]]
    kind, optional = _bare(field.info.annotation)
    if field.array:
        options = _literals(get_args(kind)[0])
        return Several(options=options) if options else Lines()
    if options := _literals(kind):
        return Choice(options=options, optional=optional)
    found = (
        of for base, of in BY_TYPE if isinstance(kind, type) and issubclass(kind, base)
    )
    return next(found, Words())


def _bare(annotation: Any) -> tuple[Any, bool]:
    optional = False
    while get_origin(annotation) in (Annotated, Union, UnionType):
        parts = [each for each in get_args(annotation) if each is not type(None)]
        optional = optional or get_origin(annotation) is not Annotated
        annotation = parts[0]
    return annotation, optional


def _literals(kind: Any) -> tuple[str, ...]:
    return get_args(kind) if get_origin(kind) is Literal else ()


def _listed(value: Any) -> Sequence[Any]:
    if value is None:
        return ()
    return value if isinstance(value, list | tuple) else (value,)


def _times(value: Any, factor: int) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "" if value is None else str(value)
    text = f"{Decimal(repr(value)) * factor:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _over(text: Any, factor: int) -> Any:
    """Return the number over the factor, or the text that is no number."""
    text = str(text or "").strip()
    try:
        number = Decimal(text) / factor
    except InvalidOperation:
        return text or None
    if not number.is_finite() or abs(number) > 10**9 or number % LEAST:
        return text
    return float(number) if number % 1 else int(number)


def _leaves() -> dict[FieldPath, Kind]:
    return {field.path: _kind(field.path) for field in SCHEMA if field.adapter}


KINDS = _leaves()
"""The kind of input of every leaf of the spec."""
