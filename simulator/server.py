"""The API server: HTTP in front of the registry."""

import json
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from simulator import discovery
from simulator.answers import Manifest, Refusal, bad_request
from simulator.faults import Faults
from simulator.forms import form_of, list_text, text_of
from simulator.gate import PATH, PROGRAM, Gate, is_review
from simulator.patches import json_patch, merge, strategic
from simulator.registry import Registry, Write
from simulator.requests import (
    Target,
    body_of,
    chosen,
    deletion_of,
    expect_manager,
    target,
    write_of,
)
from simulator.subresources import Subresources
from simulator.users import User
from simulator.watching import Watch, page

APPLY = "application/apply-patch+yaml"
NOWHERE = "404 page not found\n"
LIMIT = 16 * 1024 * 1024
ACCESS = re.compile(r"^/(healthz|readyz|livez)(/|$)")
logger = logging.getLogger(__name__)
Answer = Callable[[web.Request, Target], Awaitable[web.StreamResponse]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def answer(body: Manifest | bytes, status: int = 200) -> web.Response:
    """A JSON response."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return web.Response(body=raw, status=status, content_type="application/json")


def refused(refusal: Refusal) -> web.Response:
    """The response of a refusal."""
    response = answer(refusal.status(), refusal.code)
    if refusal.retry_after:
        response.headers["Retry-After"] = str(refusal.retry_after)
    return response


class Server:
    """Routes requests to what answers them; no request can end the server."""

    def __init__(
        self,
        registry: Registry,
        users: Mapping[str, User],
        programs: Mapping[str, User],
    ) -> None:
        self.registry = registry
        self.store = registry.store
        self.faults = Faults()
        self.gate = Gate(registry, users, programs, self.faults)
        self.watches: set[Watch] = set()
        self.subresources = Subresources(registry)
        self.app = web.Application(middlewares=[self._guard], client_max_size=LIMIT)
        self.app.router.add_route("*", "/simulator/faults", self._switch)
        self.app.router.add_route("*", "/{path:.*}", self._route)

    @web.middleware
    async def _guard(
        self, request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        try:
            if ACCESS.match(request.path):
                return web.Response(text="ok")
            self.gate.authenticate(request)
            return await handler(request)
        except Refusal as refusal:
            return refused(refusal)
        except (web.HTTPException, ConnectionError):
            raise
        except Exception as problem:
            logger.exception("%s %s failed", request.method, request.path_qs)
            return refused(Refusal(500, "InternalError", f"Internal error: {problem}"))

    async def _switch(self, request: web.Request) -> web.Response:
        """The control URL: POST switches a fault on, DELETE switches all off."""
        if request.method == "DELETE":
            self.faults.clear()
            return answer({})
        said = await body_of(request)
        match said.pop("do", ""):
            case "cut-watches":
                self.cut_watches()
            case "expire":
                self.store.forget_log()
            case _:
                self.faults.switch(said)
        return answer({})

    def cut_watches(self) -> None:
        """End every watch now."""
        for watch in self.watches:
            watch.end()

    async def _route(self, request: web.Request) -> web.StreamResponse:
        if (body := self._about(request[PATH])) is not None:
            return answer(body)
        found = target(request[PATH])
        if found is None:
            return web.Response(text=NOWHERE, status=404)
        verb = verb_of(request, found)
        cutting = None
        if not request[PROGRAM]:
            cutting = await self.faults.strike(verb, found)
        if cutting and cutting.early:
            return cut(request)
        self.gate.authorize(request, verb, found)
        response = await self._answer(request, found, verb)
        return cut(request) if cutting else response

    def _about(self, path: str) -> Manifest | None:
        parts = path.strip("/").split("/")
        match parts:
            case ["version"]:
                return discovery.VERSION
            case ["api"]:
                return discovery.core_versions()
            case ["apis"]:
                return discovery.groups()
            case ["api", version]:
                return discovery.resources("", version)
            case ["apis", name]:
                return discovery.group(name)
            case ["apis", name, version]:
                return discovery.resources(name, version)
            case _:
                return None

    async def _answer(
        self, request: web.Request, found: Target, verb: str
    ) -> web.StreamResponse:
        if is_review(found.kind):
            body = await body_of(request)
            return answer(self.gate.answers(found.kind, request, body), 201)
        if found.subresource == "token":
            return answer(self.gate.token(found), 201)
        if found.subresource and found.subresource != "status":
            return await self.subresources.answer(request, found)
        answers: dict[str, Answer] = {
            "get": self._get,
            "list": self._list,
            "watch": self._watch,
            "create": self._create,
            "update": self._change,
            "patch": self._change,
            "delete": self._delete,
            "deletecollection": self._delete_all,
        }
        if verb not in answers:
            raise Refusal(405, "MethodNotAllowed", "the method is not allowed")
        return await answers[verb](request, found)

    async def _get(self, request: web.Request, found: Target) -> web.Response:
        record = self.registry.record(found.kind, found.namespace, found.name)
        return answer(text_of(record, accepted(request)))

    async def _list(self, request: web.Request, found: Target) -> web.Response:
        limit = int(request.query.get("limit") or 0)
        token = request.query.get("continue", "")
        records, metadata = page(
            self.store, found.kind, chosen(request, found), limit, token
        )
        return answer(list_text(found.kind, records, metadata, accepted(request)))

    async def _watch(self, request: web.Request, found: Target) -> web.StreamResponse:
        query = request.query
        watch = Watch(self.store, found.kind, chosen(request, found), accepted(request))
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        try:
            initial = query.get("sendInitialEvents") == "true"
            watch.begin(query.get("resourceVersion", ""), initial=initial)
        except Refusal as refusal:
            watch.error(refusal)
        listeners = self.store.listeners[found.kind]
        listeners.append(watch.notice)
        self.watches.add(watch)
        try:
            await response.prepare(request)
            seconds = float(query.get("timeoutSeconds") or 1800)
            marks = query.get("allowWatchBookmarks") == "true"
            await watch.stream(response, seconds, marks)
        except ConnectionError:
            logger.debug("a watch of %s went away", found.kind.plural)
        finally:
            self.watches.discard(watch)
            listeners.remove(watch.notice)
        return response

    async def _create(self, request: web.Request, found: Target) -> web.Response:
        item = await body_of(request)
        if not isinstance(item, dict):
            raise bad_request("the body is no object")
        self.gate.expect_no_escalation(request, found, item)
        made = self.registry.create(
            found.kind, found.namespace, item, write_of(request)
        )
        return answer(made, 201)

    async def _change(self, request: web.Request, found: Target) -> web.Response:
        body = await body_of(request)
        write = write_of(request, found.subresource)
        if request.method == "PATCH" and request.content_type == APPLY:
            expect_manager(request)
            self.gate.expect_no_escalation(request, found, body)
            self.gate.expect_creation(request, found)
            return self._apply(found, body, write)
        patch = patcher(found, request, body)

        def change(live: Manifest) -> Manifest:
            changed = patch(live)
            self.gate.expect_no_escalation(request, found, changed)
            return changed

        place = found.namespace, found.name
        return answer(self.registry.change(found.kind, place, change, write))

    def _apply(self, found: Target, body: Any, write: Write) -> web.Response:
        if not isinstance(body, dict):
            raise bad_request("the body is no object")
        name = body.setdefault("metadata", {}).setdefault("name", found.name)
        if name != found.name:
            raise bad_request("the name of the object does not match the URL")
        item, made = self.registry.apply(found.kind, found.namespace, body, write)
        return answer(item, 201 if made else 200)

    async def _delete(self, request: web.Request, found: Target) -> web.Response:
        how = deletion_of(request.query, await body_of(request))
        last = self.registry.delete(found.kind, found.namespace, found.name, how)
        if self.store.get(found.kind, found.namespace, found.name) and not how.dry_run:
            return answer(last)
        return answer(gone(found, last))

    async def _delete_all(self, request: web.Request, found: Target) -> web.Response:
        how = deletion_of(request.query, await body_of(request))
        records = list(self.store.find(found.kind, chosen(request, found)))
        for record in records:
            self.registry.delete(found.kind, *record.key, how)
        metadata = {"resourceVersion": str(self.store.version)}
        return answer(list_text(found.kind, records, metadata, ""))


def accepted(request: web.Request) -> str:
    """The form that the client asks for."""
    return form_of(request.headers.get("Accept", ""))


def verb_of(request: web.Request, found: Target) -> str:
    """The API's word for the request."""
    match request.method:
        case "GET" if request.query.get("watch") in ("true", "1"):
            return "watch"
        case "GET":
            return "get" if found.name else "list"
        case "POST":
            return "create"
        case "PUT":
            return "update"
        case "PATCH":
            return "patch"
        case "DELETE":
            return "delete" if found.name else "deletecollection"
        case method:
            return method.lower()


def patcher(
    found: Target, request: web.Request, body: Any
) -> Callable[[Manifest], Manifest]:
    """The change that a PUT or a patch asks for."""
    if request.method == "PUT":
        return lambda live: body
    match request.content_type:
        case "application/merge-patch+json":
            return lambda live: merge(live, body)
        case "application/json-patch+json":
            return lambda live: json_patch(live, body)
        case "application/strategic-merge-patch+json":
            return lambda live: strategic(found.kind, live, body)
        case other:
            raise Refusal(
                415, "UnsupportedMediaType", f"the body of the request was in {other}"
            )


def gone(found: Target, last: Manifest) -> Manifest:
    """The Status of a deletion that is complete."""
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Success",
        "details": {
            "name": found.name,
            "group": found.kind.group,
            "kind": found.kind.plural,
            "uid": last["metadata"]["uid"],
        },
    }


def cut(request: web.Request) -> web.Response:
    """Close the connection instead of answering."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
