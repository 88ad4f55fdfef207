"""Who speaks: the users of tokens, and the tokens of service accounts."""

import base64
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

EVERYBODY = "system:authenticated"
MASTERS = "system:masters"
ACCOUNTS = "system:serviceaccounts"
PLAIN = ("portal", "alice")
"""Users with a token who may do nothing until a role is bound to them."""


@dataclass(frozen=True)
class User:
    """A name with its groups, as the API server knows it."""

    name: str
    groups: tuple[str, ...] = (EVERYBODY,)

    @property
    def masters(self) -> bool:
        return MASTERS in self.groups

    def shown(self) -> dict[str, object]:
        """The user as reviews answer it."""
        return {"username": self.name, "groups": list(self.groups)}


def administrator(name: str) -> User:
    """A user who may do everything."""
    return User(name, (MASTERS, EVERYBODY))


def account(namespace: str, name: str) -> User:
    """The user that a service account is."""
    groups = (ACCOUNTS, f"{ACCOUNTS}:{namespace}", EVERYBODY)
    return User(f"system:serviceaccount:{namespace}:{name}", groups)


@dataclass
class Users:
    """The users by their tokens. Service accounts' tokens are signed, not kept."""

    known: Mapping[str, User]
    key: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def of(self, token: str) -> User | None:
        """Return whose token it is."""
        return self.known.get(token) or self._account(token)

    def issue(self, namespace: str, name: str) -> str:
        """Return a token of a service account."""
        text = f"{namespace}/{name}"
        shown = base64.urlsafe_b64encode(text.encode()).decode()
        return f"{shown}.{self._signed(text)}"

    def _account(self, token: str) -> User | None:
        shown, _, signature = token.partition(".")
        try:
            text = base64.urlsafe_b64decode(shown.encode()).decode()
        except ValueError:
            return None
        if not hmac.compare_digest(signature.encode(), self._signed(text).encode()):
            return None
        return account(*text.split("/", 1))

    def _signed(self, text: str) -> str:
        return hmac.new(self.key, text.encode(), "sha256").hexdigest()
