"""Loading an asset into a draft, and what there is to load."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from access.models import User
from assets.compliance import objections_to
from assets.models import Asset, ComputeResource, DataSource, Environment
from policies.engine.context import Context
from policies.engine.judge import Document, judge
from workloads.models import Draft
from workloads.models.draft import TRIES, Overtaken
from workloads.models.sources import data_sources
from workloads.services.errors import Refusal
from workloads.services.wizard import page_of
from workloads.spec.paths import FieldPath, Key, Location
from workloads.wizard.editing import Editing
from workloads.wizard.loaded import Change, changes
from workloads.wizard.loading import LOADS, Chosen, add_item, fill, places
from workloads.wizard.page import Opened, StepPage
from workloads.wizard.pane import Card, Pane, reasons, says
from workloads.wizard.parts import Section, Step

MODELS: Mapping[str, type[Asset]] = {
    "image": Environment,
    "compute": ComputeResource,
    "storage": DataSource,
}
"""What the head of a section loads, by the section."""


class HoldsValues(Refusal):
    """The section says things of the user's that loading would replace."""

    def __init__(self, at_stake: list[Change]) -> None:
        self.at_stake = at_stake
        super().__init__("Say first that what you entered here may be replaced.")


def section_to_load(page: StepPage, slug: str) -> Section | None:
    """Return the section of a step that assets are loaded into, if it is drawn."""
    drawn = (each for each in page.sections.sections() if each.slug == slug)
    return next((each for each in drawn if each.slug in LOADS), None)


def pane_of(page: StepPage, section: Section, url: str) -> Pane:
    """Return the assets that are usable in the draft's project, judged for the role."""
    load, rows = LOADS[section.slug], _usable(page.draft, section)
    cards = [_card(row, page) for row in rows]
    return Pane(
        load.noun,
        load.many,
        section.title,
        cards,
        at_stake(page.draft, page.step, section.slug) if load.fills else [],
        url,
        f"{page.url}#s-{section.slug}",
    )


def at_stake(draft: Draft, step: Step, slug: str, document: Any = None) -> list[Change]:
    """Return what the user said that loading would replace."""
    load, root = LOADS[slug], step.root
    record = draft.loaded.get(f"{root}.{slug}")
    found = changes(draft.document, record, places(load, root, document))
    return [each for each in found if each.now != "not set"]


def asset_in(draft: Draft, section: Section, pk: UUID) -> Asset | None:
    """Return an asset that is usable in the draft's project, if there is one."""
    return _usable(draft, section).filter(pk=pk).first()


def card_of(asset: Asset, page: StepPage) -> Card:
    """Return the card of one asset."""
    return _card(asset, page)


def load_asset(
    *, by: User, draft: Draft, step: Step, section: Section, asset: Asset, replace: bool
) -> None:
    """Have the draft say what the asset says, in the section or as an item.

    The asset stays as it is. Raises Refusal where policies forbid or impose it, and
    HoldsValues where the user's values stand there and ``replace`` is not said.
    """
    for _ in range(TRIES):
        row = Draft.objects.get(pk=draft.pk)
        row.project, row.cluster = draft.project, draft.cluster
        card = _card(asset, page_of(row, step, by, Opened("")))
        if card.imposed:
            raise Refusal(f"{asset} is there already: {card.imposed}")
        if card.blocked:
            raise Refusal(f"{asset} cannot be loaded here. {card.broken}")
        if row.won(**_columns(row, step, section, asset, replace)):
            draft.refresh_from_db()
            return
    raise Overtaken


def _columns(
    row: Draft, step: Step, section: Section, asset: Asset, replace: bool
) -> dict[str, Any]:
    load, root = LOADS[section.slug], step.root
    chosen = Chosen(asset.reference, asset.name, asset.document(root[0]))
    editing = Editing(row.document, row.controls, {}, row.revision + 1)
    sources = dict(row.sources)
    if load.fills:
        stake = at_stake(row, step, section.slug, chosen.document)
        if stake and not replace:
            raise HoldsValues(stake)
        name = f"{root}.{section.slug}"
        record = fill(editing, sources, load, root, chosen)
    else:
        name, record = add_item(editing, sources, root, chosen)
    return {
        "document": editing.document,
        "controls": editing.controls,
        "sources": sources,
        "loaded": {**row.loaded, name: record},
        "revision": row.revision + 1,
    }


def _usable(draft: Draft, section: Section) -> Any:
    rows: Any = MODELS[section.slug].objects
    return rows.usable_in(draft.project).with_units()


def _card(asset: Asset, page: StepPage) -> Card:
    root, policy = page.step.root, page.context.policy
    document = asset.document(root[0])
    imposed = _imposed_by(asset, root, page)
    issues = [] if imposed else objections_to(asset, root[0], page.context)
    return Card(
        str(asset.pk),
        asset.name,
        asset.description,
        asset.unit_name.capitalize(),
        str(asset.created_by or ""),
        _says(asset, document),
        reasons(issues, document, policy),
        imposed,
        _in_use(asset, root, page.draft),
    )


def _says(asset: Asset, document: Document) -> list[str]:
    if not isinstance(asset, DataSource):
        return says(document)
    spec = judge(asset.document("leader"), Context()).spec
    return [
        text
        for name, kind, path, _ in data_sources(spec)
        for text in (kind if name == path else f"{kind}: {name}", f"Mounted at {path}")
    ]


def _imposed_by(asset: Asset, root: FieldPath, page: StepPage) -> str:
    if not isinstance(asset, DataSource):
        return ""
    items = page.context.policy.instances.get(root / asset.path, {})
    default = items.get(str(asset.pk))
    if default is None or not default.imposed:
        return ""
    return f"Added by your administrator, set by {default.source}."


def _in_use(asset: Asset, root: FieldPath, draft: Draft) -> bool:
    """Whether it was loaded under the role, and an item of it is still there."""
    for name, record in draft.loaded.items():
        mine = record["asset"].startswith(f"asset:{asset.pk}@")
        if mine and Location.parse(name).below(root):
            return "[" not in name or _there(name, draft.document)
    return False


def _there(name: str, document: Any) -> bool:
    *path, key = Location.parse(name)
    rows = Location(path).value_in(document)
    rows = rows if isinstance(rows, list) else []
    keys = (row.get("name") for row in rows if isinstance(row, dict))
    return any(isinstance(key, Key) and each == key.text for each in keys)
