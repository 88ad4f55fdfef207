"""The real client: the official library, its dynamic requests, plain JSON.

The one module that knows the Kubernetes library. Bodies stay raw: its models read
strictly, and one odd pod would spoil the whole list (quality.md, finding 2).
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from kubernetes.client import ApiClient, Configuration
from kubernetes.client.exceptions import ApiException
from kubernetes.dynamic import DynamicClient
from urllib3 import PoolManager
from urllib3.exceptions import HTTPError

from workloads.cluster.account import show, with_certificate
from workloads.cluster.answers import refusal
from workloads.cluster.interface import (
    Change,
    Expired,
    Lines,
    Listed,
    Manifest,
    NotFound,
    Ref,
    Unavailable,
)
from workloads.cluster.inventory import inventory
from workloads.cluster.kinds import collection, path
from workloads.cluster.names import checked_name, checked_uid

MANAGER = "runai-portal"
PAGE = 500
CONNECTIONS = 20
CONNECT, READ = 3.0, 10.0
"""Seconds; a silent server is noticed, whatever the network does."""

APPLY = "application/apply-patch+yaml"
MERGE = "application/merge-patch+json"


def _no_discovery(client: DynamicClient, cache_file: str | None) -> None:
    """The kinds are known (kinds.py): nothing is asked, nothing can be stale."""


class KubernetesCluster:
    """A cluster, spoken to over HTTP. Safe to share between threads."""

    def __init__(
        self,
        server: str,
        token: str = "",
        *,
        ca_data: str = "",
        certificate: str = "",
        key: str = "",
        token_file: Path | None = None,
    ) -> None:
        settings = Configuration()
        settings.host = server
        settings.retries = False
        settings.connection_pool_maxsize = CONNECTIONS
        settings.proxy = None
        show(settings, token, token_file)
        if ca_data:
            settings.ca_cert_data = ca_data
        self._watches: set[Any] = set()
        api = ApiClient(settings)
        if certificate:
            context = with_certificate(ca_data, certificate, key)
            api.rest_client.pool_manager = PoolManager(
                ssl_context=context, retries=False, maxsize=CONNECTIONS
            )
        self._client = DynamicClient(api, discoverer=_no_discovery)  # type: ignore[no-untyped-call]  # the library has no types there

    def apply(
        self,
        manifest: Manifest,
        *,
        uid: str = "",
        force: bool = False,
        dry_run: bool = False,
    ) -> Manifest:
        """Apply server-side, strictly. With ``uid`` only that very object."""
        body = manifest
        if uid:
            meta = manifest["metadata"] | {"uid": checked_uid(uid)}
            body = manifest | {"metadata": meta}
        return self._json(
            "patch",
            path(Ref.of(manifest)),
            body=body,
            content_type=APPLY,
            field_manager=MANAGER,
            query_params=[
                ("fieldValidation", "Strict"),
                ("force", str(force).lower()),
                *_dry(dry_run),
            ],
        )

    def create(self, manifest: Manifest, *, dry_run: bool = False) -> Manifest:
        """Create an object. Raises Conflict where the name is taken."""
        ref = Ref.of(manifest)
        checked_name(ref.name)
        return self._json(
            "post",
            collection(ref.api, ref.kind, ref.namespace),
            body=manifest,
            field_manager=MANAGER,
            query_params=[("fieldValidation", "Strict"), *_dry(dry_run)],
        )

    def patch(self, ref: Ref, body: Manifest) -> Manifest:
        """Merge the body into an object."""
        return self._json(
            "patch", path(ref), body=body, content_type=MERGE, field_manager=MANAGER
        )

    def get(self, ref: Ref) -> Manifest:
        """Read an object. Raises NotFound."""
        return self._json("get", path(ref))

    def delete(self, ref: Ref, *, uid: str, propagation: str = "Background") -> None:
        """Delete that very object. Raises NotFound."""
        options = {
            "apiVersion": "v1",
            "kind": "DeleteOptions",
            "propagationPolicy": propagation,
            "preconditions": {"uid": checked_uid(uid)},
        }
        self._json("delete", path(ref), body=options)

    def list(
        self, api: str, kind: str, *, selector: str = "", namespace: str = ""
    ) -> Listed:
        """Return all objects, read page by page, and the version of the list.

        Each says its kind: a real API server leaves that out of its lists.
        """
        try:
            return self._pages(api, kind, selector, namespace)
        except Expired:  # in the middle of paging: from the beginning
            return self._pages(api, kind, selector, namespace)

    def _pages(self, api: str, kind: str, selector: str, namespace: str) -> Listed:
        where = collection(api, kind, namespace)
        found: list[Manifest] = []
        following: str | None = None
        while True:
            page = self._json(
                "get",
                where,
                limit=PAGE,
                _continue=following,
                label_selector=selector or None,
                _request_timeout=(CONNECT, 30.0),
            )
            found += [
                {"apiVersion": api, "kind": kind} | item
                for item in page.get("items") or []
                if isinstance(item, dict)
            ]
            meta = page.get("metadata") or {}
            following = meta.get("continue")
            if not following:
                return found, str(meta.get("resourceVersion", ""))

    def watch(
        self, api: str, kind: str, *, since: str, selector: str = "", seconds: int = 300
    ) -> Iterator[Change]:
        """Yield changes until the stream ends. Raises Expired or Unavailable."""
        response = self._raw(
            "get",
            collection(api, kind),
            watch=True,
            resource_version=since,
            timeout_seconds=seconds,
            allow_watch_bookmarks=True,
            label_selector=selector or None,
            _request_timeout=(CONNECT, seconds + 10.0),
        )
        rest = b""
        self._watches.add(response)
        try:
            for chunk in response.stream(65536, decode_content=False):
                *lines, rest = (rest + chunk).split(b"\n")
                for line in filter(None, lines):
                    yield _change(line)
        except (HTTPError, OSError) as error:
            raise Unavailable(f"The watch broke off: {error}") from error
        finally:
            self._watches.discard(response)
            response.close()
            response.release_conn()

    def hang_up(self) -> None:
        """End the watches that other threads wait on."""
        for response in tuple(self._watches):
            with suppress(HTTPError, OSError, ValueError):
                response.shutdown()

    def logs(self, pod: str, namespace: str, container: str, **options: Any) -> Lines:
        """Return lines: ``tail``, ``since_seconds``, ``previous``, ``timestamps``."""
        asked = {
            "container": checked_name(container),
            "tailLines": options.get("tail", 500),
            "sinceSeconds": options.get("since_seconds"),
            "previous": options.get("previous") or None,
            "timestamps": options.get("timestamps") or None,
            "limitBytes": 2_000_000,
        }
        response = self._raw(
            "get",
            f"{path(Ref('v1', 'Pod', pod, namespace))}/log",
            query_params=[
                (name, str(value).lower() if value is True else value)
                for name, value in asked.items()
                if value is not None
            ],
            header_params={"Accept": "text/plain, */*"},
        )
        return _body(response).decode("utf-8", "replace").splitlines()

    def may(
        self,
        verb: str,
        group: str,
        resource: str,
        namespace: str = "",
        name: str = "",
    ) -> bool:
        """Whether the portal's account may do this; ``pods/log`` is a subresource."""
        kind, _, below = resource.partition("/")
        asked = {"verb": verb, "group": group, "resource": kind}
        more = {"subresource": below, "namespace": namespace, "name": name}
        asked |= {key: value for key, value in more.items() if value}
        answer = self._reviewed(
            "authorization", "SelfSubjectAccessReview", {"resourceAttributes": asked}
        )
        return bool(answer.get("allowed"))

    def whoami(self) -> str:
        """The name of the portal's account, or nothing where the cluster is too old."""
        try:
            answer = self._reviewed("authentication", "SelfSubjectReview")
        except NotFound:
            return ""
        return str((answer.get("userInfo") or {}).get("username", ""))

    def _reviewed(
        self, group: str, kind: str, spec: Manifest | None = None
    ) -> Manifest:
        """Ask the cluster about ourselves; return the status of its answer."""
        api = f"{group}.k8s.io/v1"
        body = {"apiVersion": api, "kind": kind} | ({"spec": spec} if spec else {})
        answer = self._json("post", f"/apis/{api}/{kind.lower()}s", body=body)
        found: Manifest = answer.get("status") or {}
        return found

    def version(self) -> str:
        """The version of the API server."""
        return str(self._json("get", "/version").get("gitVersion", ""))

    def inventory(self, namespaces: Iterable[str] = ()) -> Mapping[str, Any]:
        """What is there: versions, storage classes, node types, pools, ConfigMaps."""
        return inventory(self, namespaces)

    def _json(self, method: str, where: str, **params: Any) -> Manifest:
        response = self._raw(method, where, **params)
        try:
            found = json.loads(_body(response) or b"{}")
        except ValueError as error:
            raise Unavailable("The cluster answered something unreadable.") from error
        return found if isinstance(found, dict) else {}

    def _raw(self, method: str, where: str, **params: Any) -> Any:
        params.setdefault("_request_timeout", (CONNECT, READ))
        try:
            return self._client.request(method, where, serialize=False, **params)
        except ApiException as error:
            if not error.status:
                raise Unavailable(f"The cluster does not answer: {error}") from error
            raise refusal(error.status, error.body or "", error.headers) from error
        except (HTTPError, OSError) as error:
            raise Unavailable(f"The cluster does not answer: {error}") from error


def _body(response: Any) -> bytes:
    """Read an answer to its end. Raises Unavailable where it breaks off."""
    try:
        found: bytes = response.data
    except (HTTPError, OSError) as error:
        raise Unavailable(f"The answer broke off: {error}") from error
    return found


def _dry(dry_run: bool) -> list[tuple[str, str]]:
    return [("dryRun", "All")] if dry_run else []


def _change(line: bytes) -> Change:
    """Read one line of a watch. What is no JSON ends the stream."""
    try:
        event = json.loads(line)
        manifest = event["object"]
        meta = manifest.get("metadata") or {}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unavailable("The watch sent something unreadable.") from error
    version = str(meta.get("resourceVersion", ""))
    match event.get("type"):
        case "ERROR" if manifest.get("code") == 410:
            raise Expired(str(manifest.get("message", "")))
        case "ERROR":
            raise Unavailable(str(manifest.get("message", "the watch failed")))
        case "BOOKMARK":
            return Change(None, version)
        case kind:
            return Change(manifest, version, gone=kind == "DELETED")
