"""A browser without script, small: pages, cookies, and forms filled by their names."""

import urllib.error
import urllib.parse
import urllib.request
from html.parser import HTMLParser
from http.cookiejar import CookieJar


class Form(HTMLParser):
    """What one form of a page would post, by its id."""

    def __init__(self, form_id: str) -> None:
        super().__init__()
        self.form_id = form_id
        self.action = ""
        self.fields: list[tuple[str, str]] = []
        self._inside = False
        self._select: str | None = None
        self._textarea: str | None = None
        self._options: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "form" and found.get("id") == self.form_id:
            self._inside, self.action = True, found.get("action") or ""
        if not self._inside and found.get("form") != self.form_id:
            return
        name = found.get("name")
        match tag:
            case "input" if name and self._posts(found):
                self.fields.append((name, found.get("value") or ""))
            case "select" if name:
                self._select, self._options = name, []
            case "option" if self._select:
                self._options.append((found.get("value") or "", "selected" in found))
            case "textarea" if name:
                self._textarea = name
                self.fields.append((name, ""))

    def handle_data(self, data: str) -> None:
        if self._textarea:
            name, value = self.fields[-1]
            text = data if value else data.removeprefix("\n")  # as browsers do
            self.fields[-1] = (name, value + text)

    def handle_endtag(self, tag: str) -> None:
        match tag:
            case "form":
                self._inside = False
            case "textarea":
                self._textarea = None
            case "select" if self._select:
                chosen = [value for value, selected in self._options if selected]
                first = [value for value, _ in self._options[:1]]
                for value in chosen or first:
                    self.fields.append((self._select, value))
                self._select = None

    @staticmethod
    def _posts(found: dict[str, str | None]) -> bool:
        if "disabled" in found or found.get("type") in ("submit", "button"):
            return False
        kind = found.get("type")
        return kind not in ("checkbox", "radio") or "checked" in found


class Console:
    """Somebody who is signed in, without a browser."""

    def __init__(self, url: str) -> None:
        self.url = url
        jar = urllib.request.HTTPCookieProcessor(CookieJar())
        self.opener = urllib.request.build_opener(jar)
        self.page = ""
        self.at = ""

    def get(self, path: str) -> str:
        """Open a page; return its text."""
        return self.open(urllib.parse.urljoin(self.url, path))

    def post(self, form_id: str, path: str = "", **values: str | list[str]) -> str:
        """Post a form of the page, with some fields filled. Return the next page."""
        form = Form(form_id)
        form.feed(self.page)
        filled = [pair for pair in form.fields if pair[0] not in values]
        for name, value in values.items():
            filled += [
                (name, v) for v in ([value] if isinstance(value, str) else value)
            ]
        target = urllib.parse.urljoin(self.at, path or form.action)
        return self.open(target, urllib.parse.urlencode(filled).encode())

    def sign_in(self, user: str, password: str) -> str:
        """Sign in; return the page behind."""
        self.get("/sign-in/")
        form = Form("")
        form.feed(self.page.replace("<form ", '<form id="" '))
        token = dict(form.fields)["csrfmiddlewaretoken"]
        fields = {
            "csrfmiddlewaretoken": token,
            "username": user,
            "password": password,
        }
        target = urllib.parse.urljoin(self.url, "/sign-in/")
        return self.open(target, urllib.parse.urlencode(fields).encode())

    def token(self) -> str:
        """The token of the session's forms."""
        _, _, rest = self.page.partition('name="csrfmiddlewaretoken" value="')
        return rest.partition('"')[0]

    def open(self, url: str, body: bytes | None = None) -> str:
        """Ask for an address, or post to it; return the page behind."""
        request = urllib.request.Request(url, body, {"Referer": self.at or url})
        try:
            with self.opener.open(request, timeout=15) as answer:
                self.at, self.page = answer.geturl(), answer.read().decode()
        except urllib.error.HTTPError as error:
            self.at, self.page = url, error.read().decode()
            raise
        return self.page
