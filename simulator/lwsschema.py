"""The schema of a LeaderWorkerSet, in the shape of version 0.10."""

from typing import Any

Schema = dict[str, Any]


def plain(kind: str, **more: Any) -> Schema:
    """A schema of one type."""
    return {"type": kind, **more}


def holding(properties: Schema, *required: str) -> Schema:
    """An object that says these properties and nothing else."""
    schema = plain("object", properties=properties, additionalProperties=False)
    return {**schema, "required": list(required)} if required else schema


def choice(*words: str) -> Schema:
    """One of these words."""
    return plain("string", enum=list(words))


INT_OR_STRING = {"anyOf": [plain("integer"), plain("string")]}
RETENTION = holding(
    {
        "whenDeleted": choice("Retain", "Delete"),
        "whenScaled": choice("Retain", "Delete"),
    }
)
ROLLOUT = holding(
    {
        "type": choice("RollingUpdate"),
        "rollingUpdateConfiguration": holding(
            {
                "maxUnavailable": INT_OR_STRING,
                "maxSurge": INT_OR_STRING,
                "partition": plain("integer"),
            }
        ),
    }
)
SUBGROUP = holding(
    {
        "subGroupPolicyType": choice("LeaderWorker", "LeaderExcluded"),
        "subGroupSize": plain("integer"),
    }
)
STATUS = holding(
    {
        "replicas": plain("integer"),
        "readyReplicas": plain("integer"),
        "updatedReplicas": plain("integer"),
        "hpaPodSelector": plain("string"),
        "observedGeneration": plain("integer"),
        "conditions": plain("array", items=plain("object")),
    }
)


def group_template(template: Schema, claim: Schema) -> Schema:
    """The part that describes one group."""
    return holding(
        {
            "size": plain("integer"),
            "leaderTemplate": template,
            "workerTemplate": template,
            "restartPolicy": choice(
                "Default",
                "RecreateGroupOnPodRestart",
                "RecreateGroupAfterStart",
                "None",
            ),
            "subGroupPolicy": SUBGROUP,
            "volumeClaimTemplates": plain("array", items=claim),
            "persistentVolumeClaimRetentionPolicy": RETENTION,
        },
        "workerTemplate",
    )


def spec(template: Schema, claim: Schema) -> Schema:
    """The spec, with the schemas of a template and of a claim."""
    return holding(
        {
            "replicas": plain("integer", minimum=0),
            "startupPolicy": choice("LeaderCreated", "LeaderReady"),
            "leaderWorkerTemplate": group_template(template, claim),
            "rolloutStrategy": ROLLOUT,
            "networkConfig": holding(
                {"subdomainPolicy": choice("Shared", "UniquePerReplica")}
            ),
        },
        "leaderWorkerTemplate",
    )


def leader_worker_set(*, template: Schema, claim: Schema, metadata: Schema) -> Schema:
    """The whole schema, with the models of its parts."""
    definitions: Schema = {}
    for part in (template, claim, metadata):
        definitions |= part.get("$defs", {})
        definitions[part["title"]] = part
    return holding(
        {
            "apiVersion": plain("string"),
            "kind": plain("string"),
            "metadata": {"$ref": f"#/$defs/{metadata['title']}"},
            "spec": spec(
                {"$ref": f"#/$defs/{template['title']}"},
                {"$ref": f"#/$defs/{claim['title']}"},
            ),
            "status": STATUS,
        },
        "spec",
    ) | {"$defs": definitions}


def definition() -> Schema:
    """The CustomResourceDefinition: enough for a client to tell the version."""
    anything = {
        "type": "object",
        "x-kubernetes-preserve-unknown-fields": True,
    }
    schema = plain(
        "object", properties={"spec": spec(anything, anything), "status": STATUS}
    )
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "leaderworkersets.leaderworkerset.x-k8s.io"},
        "spec": {
            "group": "leaderworkerset.x-k8s.io",
            "names": {
                "kind": "LeaderWorkerSet",
                "listKind": "LeaderWorkerSetList",
                "plural": "leaderworkersets",
                "shortNames": ["lws"],
                "singular": "leaderworkerset",
            },
            "scope": "Namespaced",
            "versions": [
                {
                    "name": "v1",
                    "served": True,
                    "storage": True,
                    "schema": {"openAPIV3Schema": without_closed(schema)},
                    "subresources": {
                        "status": {},
                        "scale": {
                            "labelSelectorPath": ".status.hpaPodSelector",
                            "specReplicasPath": ".spec.replicas",
                            "statusReplicasPath": ".status.replicas",
                        },
                    },
                }
            ],
        },
    }


def without_closed(schema: Any) -> Any:
    """The same schema in the words of a CRD: no closed objects, int-or-string."""
    if isinstance(schema, list):
        return [without_closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if schema == INT_OR_STRING:
        return {"x-kubernetes-int-or-string": True}
    return {
        name: without_closed(part)
        for name, part in schema.items()
        if name != "additionalProperties"
    }
