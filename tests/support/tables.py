"""Tables of a page, as a person reads them."""

import re
from html import unescape


def tables(page) -> dict[str, list[str]]:
    """Return the text of each row below the heads, by the caption of its table."""
    found = {}
    for table in re.findall(r"<table\b.*?</table>", page.text, re.S):
        title = plain(re.search(r"<caption>(.*?)</caption>", table, re.S)[1])
        body = table.split("<tbody>")[1]
        found[title] = [plain(each) for each in re.findall(r"<tr.*?</tr>", body, re.S)]
    return found


def plain(html: str) -> str:
    """Return the words of a piece of a page."""
    return " ".join(unescape(re.sub("<[^>]*>", " ", html)).split())
