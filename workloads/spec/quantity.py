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
    f"{letter}i": Decimal(1024**power)
    for power, letter in enumerate("KMGTPE", start=1)
}
SMALLER = {
    "E": "P", "P": "T", "T": "G", "G": "M", "M": "k", "k": "",
    "Ei": "Pi", "Pi": "Ti", "Ti": "Gi", "Gi": "Mi", "Mi": "Ki", "Ki": "",
}  # fmt: skip
GREATEST = Decimal(2**63 - 1)
"""What Kubernetes can hold; a greater amount is refused."""


class _Text(str):
    """A str that Pydantic makes and keeps as it was typed."""

    __slots__ = ()
    longest = 4096

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        return core_schema.no_info_after_validator_function(
            cls,
            core_schema.str_schema(min_length=1, max_length=cls.longest),
            serialization=core_schema.plain_serializer_function_ser_schema(str),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> Any:
        return {"type": "string"}


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
            raise ValueError("is greater than Kubernetes can hold")
        quantity = super().__new__(cls, text)
        quantity.amount = amount
        quantity.unit = match[3] or ""
        return quantity

    def __lt__(self, other: object) -> bool:
        raise TypeError("compare the amounts, not the texts")

    def times(self, factor: Decimal) -> "Quantity":
        """Return the product in the same unit, or in the next smaller that is exact."""
        amount, unit = self.amount * factor, self.unit
        while amount % UNITS[unit] and SMALLER.get(unit) is not None:
            unit = SMALLER[unit]
        count = (amount / UNITS[unit]).quantize(Decimal(1), ROUND_DOWN)
        return Quantity(f"{count}{unit}")


class CommandLine(_Text):
    """What a person types after a prompt. No shell is involved."""

    longest = 32768

    def __new__(cls, text: str) -> Self:
        try:
            shlex.split(text)
        except ValueError:
            raise ValueError("has a quotation mark that is not closed") from None
        return super().__new__(cls, text)

    @cached_property
    def words(self) -> list[str]:
        """The words that the program gets, as POSIX splits them."""
        return shlex.split(self)


class IntOrPercent(_Text):
    """A count, or a share of the replicas: ``1`` or ``25%`` (kubernetes.md §8)."""

    longest = 5

    def __new__(cls, text: str) -> Self:
        match = re.fullmatch(r"(\d{1,4})(%?)", text, re.ASCII)
        if not match or (match[2] and int(match[1]) > 100):
            raise ValueError("must be a whole number, or a percentage up to 100%")
        return super().__new__(cls, text)

    @property
    def of_manifest(self) -> int | str:
        """What Kubernetes is given: an integer, or a percentage as text."""
        return str(self) if self.endswith("%") else int(self)
