"""The spec as a tree of fields, read once from the models."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BeforeValidator, TypeAdapter
from pydantic.fields import FieldInfo

from workloads.spec.model import Begins, Multiline, Needed, SpecModel
from workloads.spec.paths import FieldPath
from workloads.spec.quantity import CommandLine
from workloads.spec.text import line, lines
from workloads.spec.workload import WorkloadSpec

T = TypeVar("T")


@dataclass(frozen=True, eq=False, slots=True)
class Field:
    """One name of the spec: a leaf, a section, or a list of items."""

    path: FieldPath
    info: FieldInfo
    children: Mapping[str, "Field"]
    """Empty for a leaf."""

    items: bool = False
    array: bool = False
    optional: bool = False
    """A section that may be absent: to be there says something."""

    key: str = ""
    """Of the items."""

    one_of: frozenset[str] = frozenset()
    needed: bool = False
    """Whether a workload cannot run without it."""

    default: Any = None
    """The platform's, where it is always the same one."""

    kind: type = NoneType
    """The class of a leaf's value, or of the values of an array."""

    arbitrary: bool = False
    """An object that policies judge as a whole."""

    begins: str = ""
    """What may follow a beginning that a policy demands; empty: none can."""

    rule_names: Mapping[str, str] = field(default_factory=dict)
    """Of a list: names that attributes have in a policy only."""

    adapter: "TypeAdapter[Any] | None" = None

    def parse(self, value: Any, *, strict: bool = False) -> Any:
        """Return the leaf's typed value. Raises Pydantic's ValidationError."""
        assert self.adapter is not None
        if self.array and isinstance(value, list):
            value = tuple(value)
        strict = strict and not self.arbitrary
        return self.adapter.validator.validate_python(value, strict=strict)

    def __iter__(self) -> Iterator["Field"]:
        for child in self.children.values():
            yield child
            yield from child

    def at(self, path: Iterable[str]) -> "Field":
        """Return a field below. Raises KeyError for a name that does not exist."""
        field = self
        for name in path:
            field = field.children[name]
        return field


def _field(path: FieldPath, info: FieldInfo) -> Field:
    kind, optional = _without_none(info.annotation)
    inner: Any = get_args(kind)[0] if get_origin(kind) is tuple else None
    if _is_model(inner):
        one_of = frozenset(getattr(inner, "one_of", ()))
        children = _children(path, inner)
        names = getattr(inner, "rule_names", {})
        return Field(
            path,
            info,
            children,
            items=True,
            key=inner.key_field,
            one_of=one_of,
            rule_names=names,
        )
    if _is_model(kind):
        return Field(path, info, _children(path, kind), optional=optional)
    return Field(
        path,
        info,
        {},
        array=inner is not None,
        needed=any(isinstance(mark, Needed) for mark in info.metadata),
        default=info.default if info.default != () else None,
        kind=_bare(inner or kind),
        arbitrary=_is_arbitrary(kind),
        begins=_begins(info),
        adapter=_adapter(info, kind),
    )


def _bare(kind: Any) -> type:
    """Return the class below ``Annotated`` and ``Literal``."""
    if get_origin(kind) is Annotated:
        return _bare(get_args(kind)[0])
    return str if get_origin(kind) is Literal else kind


def _begins(info: FieldInfo) -> str:
    marks = (mark for mark in info.metadata if isinstance(mark, Begins))
    return next((mark.boundaries for mark in marks), "")


def _adapter(info: FieldInfo, kind: Any) -> "TypeAdapter[Any]":
    marked = any(isinstance(mark, Multiline) for mark in info.metadata)
    cleaned = BeforeValidator(lines if marked or kind is CommandLine else line)
    annotated: Any = Annotated[(info.annotation, *info.metadata, cleaned)]
    return TypeAdapter(annotated)


def _children(path: FieldPath, model: type[SpecModel]) -> dict[str, Field]:
    return {
        info.alias: _field(path / info.alias, info)
        for info in model.model_fields.values()
        if info.alias
    }


def _without_none(annotation: Any) -> tuple[Any, bool]:
    if get_origin(annotation) not in (Union, UnionType):
        return annotation, False
    (kind,) = (part for part in get_args(annotation) if part is not NoneType)
    return kind, True


def _is_model(kind: Any) -> bool:
    section = isinstance(kind, type) and issubclass(kind, SpecModel)
    return section and not _is_arbitrary(kind)


def _is_arbitrary(kind: Any) -> bool:
    return getattr(kind, "arbitrary", False) is True


SCHEMA = Field(FieldPath(), FieldInfo(), _children(FieldPath(), WorkloadSpec))


def with_sections(paths: Iterable[tuple[str, ...]]) -> frozenset[Field]:
    """Return the fields at the paths, and all that are above them."""
    found = set()
    for path in paths:
        field = SCHEMA
        for name in path:
            field = field.children[name]
            found.add(field)
    return frozenset(found)


def by_path(table: Mapping[str, T]) -> dict[FieldPath, T]:
    """Read a table's names; ``pod`` stands for both roles. Typos raise KeyError."""
    names = {
        FieldPath.parse(text.replace("pod.", f"{role}.")): value
        for text, value in table.items()
        for role in ("leader", "worker")
    }
    return {SCHEMA.at(path).path: value for path, value in names.items()}
