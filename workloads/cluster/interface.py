"""What the product asks of a cluster, and how it is refused."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, Protocol

Manifest = dict[str, Any]
Listed = tuple[list[Manifest], str]
"""Objects, and the version of the list."""

Lines = list[str]


class Ref(NamedTuple):
    """An object by kind and name. ``api`` is its apiVersion."""

    api: str
    kind: str
    name: str
    namespace: str = ""

    @classmethod
    def of(cls, manifest: Manifest) -> "Ref":
        """The object that a manifest describes."""
        meta = manifest["metadata"]
        return cls(
            manifest["apiVersion"],
            manifest["kind"],
            meta["name"],
            meta.get("namespace", ""),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class Change(NamedTuple):
    """One event of a watch. ``manifest`` is None for a bookmark."""

    manifest: Manifest | None
    version: str
    gone: bool = False


class Cause(NamedTuple):
    """One finding of the API server, at a path of the object."""

    field: str
    message: str


class ClusterError(Exception):
    """Something that a cluster answered, or did not."""


class Refused(ClusterError):
    """The cluster will not have it: the user's or an administrator's to mend."""

    def __init__(self, text: str, causes: tuple[Cause, ...] = ()) -> None:
        super().__init__(text)
        self.causes = causes


class Forbidden(Refused):
    """The portal's account may not do this: an administrator's to mend."""


class NotFound(Refused):
    """The object, its namespace or its kind does not exist."""


class Conflict(ClusterError):
    """Somebody else holds the object or the field."""

    def __init__(self, text: str, manager: str = "") -> None:
        super().__init__(text)
        self.manager = manager


class Raced(Conflict):
    """The object changed between two calls: worth another look at it."""


class Expired(ClusterError):
    """The version is too old: list again."""


class Unavailable(ClusterError):
    """No answer, or none that counts: worth another try."""

    def __init__(self, text: str, retry_after: float | None = None) -> None:
        super().__init__(text)
        self.retry_after = retry_after


class Cluster(Protocol):
    """A cluster as the product sees it. Every call has a time limit."""

    def apply(
        self,
        manifest: Manifest,
        *,
        uid: str = "",
        force: bool = False,
        dry_run: bool = False,
    ) -> Manifest:
        """Apply server-side, strictly. With ``uid`` only that very object."""
        ...

    def create(self, manifest: Manifest, *, dry_run: bool = False) -> Manifest:
        """Create an object. Raises Conflict where the name is taken."""
        ...

    def patch(self, ref: Ref, body: Manifest) -> Manifest:
        """Merge the body into an object."""
        ...

    def get(self, ref: Ref) -> Manifest:
        """Read an object. Raises NotFound."""
        ...

    def delete(self, ref: Ref, *, uid: str, propagation: str = "Background") -> None:
        """Delete that very object. Raises NotFound."""
        ...

    def list(
        self, api: str, kind: str, *, selector: str = "", namespace: str = ""
    ) -> Listed:
        """Return all objects, read page by page, and the version of the list."""
        ...

    def watch(
        self, api: str, kind: str, *, since: str, selector: str = "", seconds: int = 300
    ) -> Iterator[Change]:
        """Yield changes until the stream ends. Raises Expired or Unavailable."""
        ...

    def logs(self, pod: str, namespace: str, container: str, **options: Any) -> Lines:
        """Return lines: ``tail``, ``since_seconds``, ``previous``, ``timestamps``."""
        ...

    def may(
        self,
        verb: str,
        group: str,
        resource: str,
        namespace: str = "",
        name: str = "",
    ) -> bool:
        """Whether the portal's account may do this; ``pods/log`` is a subresource."""
        ...

    def whoami(self) -> str:
        """The name of the portal's account, or nothing where the cluster is too old."""
        ...

    def version(self) -> str:
        """The version of the API server."""
        ...

    def inventory(self, namespaces: Iterable[str] = ()) -> Mapping[str, Any]:
        """What is there: versions, storage classes, node types, pools, ConfigMaps."""
        ...
