"""The subresources that are not a status: scale, binding, eviction, log, finalize."""

import asyncio
import datetime
import json
from collections.abc import Mapping

from aiohttp import web

from simulator.answers import Manifest, Refusal, bad_request, stale, timestamp
from simulator.kinds import POD
from simulator.patches import json_patch, merge
from simulator.podlogs import Line, lines
from simulator.registry import Deletion, Registry, Write
from simulator.requests import Target, body_of, deletion_of, not_served, write_of

FOLLOW_PAUSE = 0.25
Query = Mapping[str, str]


class Subresources:
    """Answers requests for one subresource of one object."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry

    async def answer(self, request: web.Request, found: Target) -> web.StreamResponse:
        match found.subresource, request.method:
            case "scale", "GET":
                return reply(scale_of(self._item(found)))
            case "scale", "PUT" | "PATCH":
                return await self._scale(request, found)
            case "binding", "POST":
                return await self._bind(request, found)
            case "eviction", "POST":
                body = await body_of(request)
                how = deletion_of({}, body.get("deleteOptions") or {})
                return self._evict(found, how)
            case "log", "GET":
                return await self._log(request, found)
            case "finalize", "PUT":
                body = await body_of(request)
                place = found.namespace, found.name
                spec = body.get("spec") or {}
                return reply(
                    self.registry.change(
                        found.kind, place, lambda live: live | {"spec": spec}
                    )
                )
            case _:
                raise not_served()

    def _item(self, found: Target) -> Manifest:
        return self.registry.record(found.kind, found.namespace, found.name).item

    async def _scale(self, request: web.Request, found: Target) -> web.Response:
        body = await body_of(request)
        write = write_of(request, "scale")

        def change(live: Manifest) -> Manifest:
            scale = scale_of(live)
            if request.method == "PUT":
                scale = body
            elif request.content_type.startswith("application/json-patch"):
                scale = json_patch(scale, body)
            else:
                scale = merge(scale, body)
            live["spec"]["replicas"] = replicas_of(scale)
            return live

        place = found.namespace, found.name
        return reply(scale_of(self.registry.change(found.kind, place, change, write)))

    async def _bind(self, request: web.Request, found: Target) -> web.Response:
        body = await body_of(request)
        node = (body.get("target") or {}).get("name", "")
        if not node:
            raise bad_request("target.name is required")

        def bind(live: Manifest) -> Manifest:
            if live["spec"].get("nodeName"):
                why = f"pod {found.name} is already assigned to node "
                raise stale(POD, found.name, f'{why}"{live["spec"]["nodeName"]}"')
            live["spec"]["nodeName"] = node
            return live

        place = found.namespace, found.name
        self.registry.change(POD, place, lambda live: scheduled(bind(live)), BINDING)
        return reply({"kind": "Status", "apiVersion": "v1", "status": "Success"}, 201)

    def _evict(self, found: Target, how: Deletion) -> web.Response:
        self.registry.delete(POD, found.namespace, found.name, how)
        return reply({"kind": "Status", "apiVersion": "v1", "status": "Success"}, 201)

    async def _log(self, request: web.Request, found: Target) -> web.StreamResponse:
        query = request.query
        container = container_of(self._item(found), query.get("container", ""))
        previous = query.get("previous") == "true"
        response = web.StreamResponse(headers={"Content-Type": "text/plain"})
        told = selected(lines(self._item(found), container, previous=previous), query)
        await response.prepare(request)
        await say(response, told, query)
        while query.get("follow") in ("true", "1"):
            await asyncio.sleep(FOLLOW_PAUSE)
            record = self.registry.store.get(POD, found.namespace, found.name)
            if record is None:
                break
            fresh = lines(record.item, container, previous=previous)
            last = told[-1].at if told else ""
            more = [line for line in fresh if line.at > last]
            await say(response, more, query)
            told = more or told
        return response


BINDING = Write(subresource="binding")


def reply(body: Manifest, status: int = 200) -> web.Response:
    """A JSON response."""
    return web.Response(
        body=json.dumps(body).encode(), status=status, content_type="application/json"
    )


def scheduled(pod: Manifest) -> Manifest:
    """The pod with the condition that a binding brings."""
    status = pod.setdefault("status", {})
    others = [c for c in status.get("conditions") or () if c["type"] != "PodScheduled"]
    new = {
        "type": "PodScheduled",
        "status": "True",
        "lastProbeTime": None,
        "lastTransitionTime": timestamp(),
    }
    status["conditions"] = [*others, new]
    return pod


def scale_of(item: Manifest) -> Manifest:
    """The Scale of an object."""
    status = item.get("status") or {}
    metadata = item["metadata"]
    kept = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
    scale: Manifest = {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {name: metadata[name] for name in kept},
        "spec": {"replicas": item["spec"]["replicas"]},
        "status": {"replicas": status.get("replicas", 0)},
    }
    if chosen := status.get("hpaPodSelector"):
        scale["status"]["selector"] = chosen
    return scale


def replicas_of(scale: Manifest) -> int:
    """The number that a Scale asks for; raises a 422 for what is none."""
    replicas = (scale.get("spec") or {}).get("replicas", 0)
    if not isinstance(replicas, int) or replicas < 0:
        text = f"spec.replicas: Invalid value: {replicas}: must be non-negative"
        raise Refusal(422, "Invalid", text)
    return replicas


def container_of(pod: Manifest, name: str) -> str:
    """The container whose log is meant; raises a 400 where that is not clear."""
    spec = pod["spec"]
    names = [
        container["name"]
        for container in (*spec["containers"], *spec.get("initContainers", ()))
    ]
    pod_name = pod["metadata"]["name"]
    if name and name not in names:
        raise bad_request(f"container {name} is not valid for pod {pod_name}")
    if not name and len(spec["containers"]) > 1:
        choose = " ".join(container["name"] for container in spec["containers"])
        raise bad_request(
            f"a container name must be specified for pod {pod_name}, choose one of: "
            f"[{choose}]"
        )
    return name or names[0]


def selected(found: list[Line], query: Query) -> list[Line]:
    """The lines that the query wants."""
    since = query.get("sinceTime", "")
    if seconds := query.get("sinceSeconds"):
        pause = datetime.timedelta(0, int(seconds))
        then = datetime.datetime.now(datetime.UTC) - pause
        since = then.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if since:
        found = [line for line in found if line.at >= since]
    tail = query.get("tailLines")
    return found if tail is None else found[max(0, len(found) - int(tail)) :]


async def say(
    response: web.StreamResponse,
    found: list[Line],
    query: Query,
) -> None:
    """Write lines, with their times if the query wants them."""
    stamped = query.get("timestamps") in ("true", "1")
    texts = [f"{line.at} {line.text}" if stamped else line.text for line in found]
    if texts:
        await response.write(("\n".join(texts) + "\n").encode())
