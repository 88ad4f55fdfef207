"""The keys of what lies sealed: list, add, use the newest everywhere, drop."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from projects.models import AuditEntry
from projects.secrets import NoKeys, keyring, rotation


class Command(BaseCommand):
    help = (
        "list: keys and what each sealed. new: a key that seals from now on. "
        "rotate: seal everything anew with it. drop ID: remove a key that sealed none."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("do", choices=["list", "new", "rotate", "drop"])
        parser.add_argument("id", nargs="?", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, f"do_{options['do']}")(options["id"])
        except NoKeys as missing:
            raise CommandError(str(missing)) from None

    def do_list(self, _: str) -> None:
        used = rotation.uses()
        for place, key in enumerate(keyring.keys()):
            seals = ", seals" if place == 0 else ""
            self.stdout.write(f"{key.id.hex()}: {used.pop(key.id, 0)} values{seals}")
        for name, count in used.items():
            self.stdout.write(f"{name.hex()}: {count} values, LOST: enter them again")

    def do_new(self, _: str) -> None:
        made = keyring.add()
        _record("keys.new", made.id.hex())
        self.stdout.write(f"{made.id.hex()} seals from now on; `keys rotate` is next.")

    def do_rotate(self, _: str) -> None:
        done = rotation.rotate()
        _record("keys.rotate", keyring.keys()[0].id.hex(), **done)
        self.stdout.write(f"{done['rotated']} values sealed anew.")
        if done["lost"]:
            raise CommandError(f"{done['lost']} cannot be opened: enter them again.")

    def do_drop(self, name: str) -> None:
        ring = keyring.keys()
        key = next((key for key in ring[1:] if key.id.hex() == name), None)
        if key is None:
            raise CommandError("Name a key that is in the list and does not seal.")
        if rotation.uses()[key.id]:
            raise CommandError("It sealed values that are still there: `keys rotate`.")
        keyring.drop(key)
        _record("keys.drop", name)


def _record(action: str, key: str, **details: int) -> None:
    AuditEntry.objects.create(action=action, target=key, details=details)
