"""Texts with a meaning: amounts, command lines, counts that may be a percentage."""

import re
import shlex
from decimal import ROUND_DOWN, Decimal
from functools import cached_property
from typing import Any, Self

from pydantic_core import core_schema

GRAMMAR = re.compile(
    r"\+?(\d{1,18}(?:\.\d{0,9})?|\.\d{1,9})(?:[eE]([+-]?\d{1,2})|([A-Za-z]{0,2}))",
    re.ASCII,
)
UNITS = {
    "n": Decimal("1e-9"),
    "u": Decimal("1e-6"),
    "m": Decimal("1e-3"),
    "": Decimal(1),
    "k": Decimal(10**3),
    "M": Decimal(10**6),
    "G": Decimal(10**9),
    "T": Decimal(10**12),
    "P": Decimal(10**15),
    "E": Decimal(10**18),
} | {
    f"{letter}i": Decimal(1024**power) for power, letter in enumerate("KMGTPE", start=1)
}
SMALLER = {
    "E": "P", "P": "T", "T": "G", "G": "M", "M": "k", "k": "",
    "Ei": "Pi", "Pi": "Ti", "Ti": "Gi", "Gi": "Mi", "Mi": "Ki", "Ki": "",
}  # fmt: skip
GREATEST = Decimal(2**63 - 1)
"""What Kubernetes can hold; a greater amount is refused."""

TOO_GREAT = "is greater than Kubernetes can hold"
WORDS = re.compile(r"(?:[^\\'\"]++|\\.|'[^']*+'|\"(?:[^\"\\]++|\\.)*+\")*+", re.DOTALL)
"""As POSIX splits: quotation marks are closed, a backslash has something behind it."""

QUOTED = re.compile(r"\\.|'[^']*+'|\"(?:[^\"\\]++|\\.)*+\"", re.DOTALL)
OF_A_SHELL = re.compile(r"[;&|<>\n]")
SHARE = re.compile(r"(\d{1,4})(%?)", re.ASCII)


class _Text(str):
    """A str that Pydantic makes and keeps as it was typed."""

    __slots__ = ()
    longest = 4096

    @classmethod
    def read(cls, value: Any) -> Self:
        """Return what was typed. Raises ValueError with a sentence."""
        if isinstance(value, cls):
            return value
        if not isinstance(value, str):
            raise ValueError("must be a text")
        if not value:
            raise ValueError("must not be empty")
        if len(value) > cls.longest:
            raise ValueError(f"may have at most {cls.longest} characters")
        return cls(value)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        return core_schema.no_info_plain_validator_function(
            cls.read,
            serialization=core_schema.plain_serializer_function_ser_schema(str),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> Any:
        return {"type": "string", "minLength": 1, "maxLength": cls.longest}


class Quantity(_Text):
    """An amount as Kubernetes writes it. ``==`` compares texts, ``amount`` compares.

    Bounded so that no text can stop a process (quality.md, finding 4).
    """

    longest = 32
    amount: Decimal
    """In the base unit: bytes, cores, pieces."""

    unit: str

    def __new__(cls, text: str) -> Self:
        match = GRAMMAR.fullmatch(text)
        if not match or (match[3] or "") not in UNITS:
            raise ValueError("must be an amount such as 500M or 2Gi")
        amount = Decimal(match[1]) * UNITS[match[3] or ""]
        if match[2]:
            amount = amount.scaleb(int(match[2]))
        if amount > GREATEST:
            raise ValueError(TOO_GREAT)
        quantity = super().__new__(cls, text)
        quantity.amount = amount
        quantity.unit = match[3] or ""
        return quantity

    def __lt__(self, other: object) -> bool:
        raise TypeError("compare the amounts, not the texts")

    def times(self, factor: Decimal) -> "Quantity":
        """Return the product in the same unit, or in the next smaller that is exact.

        Raises ValueError for more than Kubernetes can hold.
        """
        amount, unit = self.amount * factor, self.unit
        if amount > GREATEST:
            raise ValueError(TOO_GREAT)
        while amount % UNITS[unit] and SMALLER.get(unit) is not None:
            unit = SMALLER[unit]
        count = (amount / UNITS[unit]).quantize(Decimal(1), ROUND_DOWN)
        return Quantity(f"{count}{unit}")


class StorageSize(Quantity):
    """The size of a volume. ``2TB`` is read as ``2T``: examples of the API have it."""

    @classmethod
    def read(cls, value: Any) -> Self:
        if isinstance(value, str) and not isinstance(value, cls):
            value = value.removesuffix("B")
        return super().read(value)


class CommandLine(_Text):
    """What a person types after a prompt. No shell is involved.

    A list of words is taken too, and kept as the line that gives these words.
    """

    longest = 32768

    def __new__(cls, text: str) -> Self:
        if not WORDS.fullmatch(text):
            raise ValueError(
                "has a quotation mark that is not closed, or ends in a backslash"
            )
        return super().__new__(cls, text)

    @classmethod
    def read(cls, value: Any) -> Self:
        if isinstance(value, list | tuple):
            if not all(isinstance(word, str) for word in value):
                raise ValueError("must be a text, or a list of texts")
            value = shlex.join(value)
        return super().read(value)

    @cached_property
    def words(self) -> list[str]:
        """The words that the program gets, as POSIX splits them."""
        return shlex.split(self)

    @property
    def for_a_shell(self) -> str:
        """The first sign, outside of quotation marks, that only a shell understands."""
        found = OF_A_SHELL.search(QUOTED.sub("", self))
        return found[0] if found else ""


class IntOrPercent(_Text):
    """A count, or a share of the replicas: ``1`` or ``25%`` (kubernetes.md §8)."""

    longest = 5

    def __new__(cls, text: str) -> Self:
        match = SHARE.fullmatch(text)
        if not match or (match[2] and int(match[1]) > 100):
            raise ValueError("must be a whole number, or a percentage up to 100%")
        return super().__new__(cls, text)

    @classmethod
    def read(cls, value: Any) -> Self:
        whole = isinstance(value, int) and not isinstance(value, bool)
        if whole and not 0 <= value <= 9999:
            raise ValueError("must be a whole number from 0 to 9999")
        return super().read(str(value) if whole else value)

    @property
    def of_manifest(self) -> int | str:
        """What Kubernetes is given: an integer, or a percentage as text."""
        return str(self) if self.endswith("%") else int(self)

    def of(self, replicas: int, *, up: bool = False) -> int:
        """Return the number of replicas that this is, rounded down or up."""
        if not self.endswith("%"):
            return int(self)
        share = int(self[:-1]) * replicas
        return -(-share // 100) if up else share // 100
