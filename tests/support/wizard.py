"""A browser without script, for the wizard: reads forms, fills them in, posts them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.test import Client

from access.models import User
from workloads.models import Draft
from workloads.services.drafts import new_draft

VOID = frozenset(("input", "br", "hr", "img", "link", "meta", "rect", "use", "path"))


@dataclass
class Element:
    """An element of a page."""

    tag: str
    attributes: dict[str, str]
    parent: "Element | None" = None
    children: list["Element"] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text in it."""
        inner = " ".join(child.text for child in self.children)
        return " ".join(f"{' '.join(self.texts)} {inner}".split())

    def walk(self):
        """Yield it and all below."""
        yield self
        for child in self.children:
            yield from child.walk()


class _Tree(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.top = self.at = Element("top", {})

    def handle_starttag(self, tag, attrs):
        element = Element(tag, {k: v or "" for k, v in attrs}, self.at)
        self.at.children.append(element)
        if tag not in VOID:
            self.at = element

    def handle_endtag(self, tag):
        node = self.at
        while node.parent and node.tag != tag:
            node = node.parent
        if node.parent:
            self.at = node.parent

    def handle_data(self, data):
        self.at.texts.append(data)


class Page:
    """A page that was answered, with its form as a browser holds it."""

    def __init__(self, response: Any) -> None:
        self.response = response
        self.html = response.content.decode()
        tree = _Tree()
        tree.feed(self.html)
        self.top = tree.top
        self.elements = list(self.top.walk())
        self.inputs: dict[str, list[str]] = {}
        for element in self.elements:
            self._read(element)

    def _read(self, element: Element) -> None:
        name = element.attributes.get("name")
        if not name or "disabled" in element.attributes or element.tag == "meta":
            return
        kind = element.attributes.get("type", "text")
        checkable = kind in ("checkbox", "radio")
        if element.tag == "textarea":
            self._add(name, "".join(element.texts).removeprefix("\n"))
        elif element.tag == "select":
            options = [e for e in element.walk() if e.tag == "option"]
            chosen = [o for o in options if "selected" in o.attributes] or options[:1]
            for option in chosen:
                self._add(name, option.attributes.get("value", option.text))
        elif element.tag == "input" and (
            not checkable or "checked" in element.attributes
        ):
            self._add(name, element.attributes.get("value", ""))

    def _add(self, name: str, text: str) -> None:
        self.inputs.setdefault(name, []).append(text)

    def by_id(self, id: str) -> Element | None:
        """Return the element with the id."""
        return next((e for e in self.elements if e.attributes.get("id") == id), None)

    def named(self, name: str) -> list[Element]:
        """Return the inputs of a name."""
        return [e for e in self.elements if e.attributes.get("name") == name]

    def buttons(self) -> list[str]:
        """Return what the buttons do."""
        return [e.attributes.get("value", "") for e in self.named("do")]

    def problems(self) -> dict[str, str]:
        """Return the error summary: texts by the id that they lead to."""
        summary = self.by_id("problems")
        links = [e for e in summary.walk() if e.tag == "a"] if summary else []
        return {e.attributes["href"].rpartition("#")[2]: e.text for e in links}


class Wizard:
    """One draft of one user, in one tab."""

    def __init__(self, client: Client, user: User, draft: Draft | None = None) -> None:
        client.force_login(user)
        self.client, self.user = client, user
        self.draft = draft or new_draft(by=user)

    def url(self, slug: str) -> str:
        """Return the address of a step."""
        return f"/drafts/{self.draft.pk}/{slug}/"

    def open(self, slug: str) -> Page:
        """Open a step, as in a new tab."""
        return Page(self.client.get(self.url(slug)))

    def post(
        self, page: Page, slug: str, values: dict[str, Any], do: str = "", htmx=False
    ):
        """Change inputs of an opened page, press a button, return the answer."""
        data = {name: list(texts) for name, texts in page.inputs.items()}
        data.pop("do", None)
        for name, value in values.items():
            data[name] = (
                list(value) if isinstance(value, list | tuple) else [str(value)]
            )
        if do:
            data["do"] = [do]
        headers = {"HX-Request": "true"} if htmx else {}
        response = self.client.post(self.url(slug), data, headers=headers)
        self.draft.refresh_from_db()
        return response

    def say(self, slug: str, values: dict[str, Any], do: str = "", htmx=True) -> Page:
        """Open a step, change inputs, press a button, return the page that comes."""
        return Page(self.post(self.open(slug), slug, values, do, htmx))

    def continued(self, slug: str, values: dict[str, Any]) -> str:
        """Press CONTINUE; return the name of the step that it leads to, or ''."""
        response = self.post(self.open(slug), slug, values, "continue")
        return (
            response["Location"].rstrip("/").rpartition("/")[2]
            if (response.status_code == 302)
            else ""
        )


def a_draft(user: User, project: Any, name: str = "chat", **columns: Any) -> Draft:
    """Return a draft that is past Basics."""
    return Draft.objects.create(
        owner=user, name=name, project=project, cluster=project.cluster, **columns
    )
