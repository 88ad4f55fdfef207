"""Files that browsers get: the bundles, the sprite, the elements."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[2]
ELEMENTS = sorted((ROOT / "static/js/elements").glob("*.js"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
OURS = "django.contrib.staticfiles.finders.FileSystemFinder"
BUNDLED = "runai_portal.bundles.BundledStorage"


@pytest.fixture
def collected(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": BUNDLED}}
    settings.STATICFILES_FINDERS = [OURS]
    settings.STATIC_ROOT = tmp_path
    call_command("collectstatic", interactive=False, verbosity=0)
    return tmp_path


def test_own_styles_and_scripts_are_one_file_each_hashed_and_compressed(collected):
    names = {path.name for path in collected.glob("app.*")}

    for kind in ("css", "js"):
        (hashed,) = [
            n for n in names if re.fullmatch(rf"app\.[0-9a-f]{{12}}\.{kind}", n)
        ]
        assert {f"{hashed}.br", f"{hashed}.gz"} <= names


def test_the_layers_come_first_and_no_part_is_left_out(collected):
    styles = (collected / "app.css").read_text()
    script = (collected / "app.js").read_text()

    assert styles.index("@layer vendor, tokens, base") < styles.index("@layer base {")
    for path in (ROOT / "static/css").glob("*.css"):
        assert path.read_text() in styles
    for path in ELEMENTS:
        assert f"{{\n{path.read_text()}\n}}\n" in script


def test_every_symbol_that_a_template_names_is_in_the_sprite():
    sprite = (ROOT / "static/icons.svg").read_text()
    drawn = set(re.findall(r'<symbol id="i-([\w-]+)"', sprite))

    named = {
        name
        for path in TEMPLATES
        for name in re.findall(r'{% icon "([\w-]+)"', path.read_text())
    }

    assert len(named) > 20
    assert named - drawn == set()


@pytest.mark.parametrize("path", ELEMENTS, ids=lambda path: path.stem)
def test_an_element_is_short_says_how_it_is_used_and_is_named_as_its_file(path):
    text = path.read_text()

    assert len(text.splitlines()) < 60
    assert text.startswith("// ")
    assert f"<{path.stem}" in text.split("\ncustomElements", maxsplit=1)[0]
    assert f'customElements.define("{path.stem}"' in text


def test_no_template_holds_style_or_script_of_its_own():
    found = [
        (path.name, match)
        for path in TEMPLATES
        for match in re.findall(
            r"<script|\sstyle=|\son[a-z]+=|\|safe\b", path.read_text()
        )
    ]

    assert found == [("base.html", "<script")] * 2


def test_no_style_has_a_colour_of_its_own():
    found = [
        (path.name, match)
        for path in (ROOT / "static/css").glob("*.css")
        if path.name not in ("tokens.css", "icons.css")
        for match in re.findall(r"#[0-9a-f]{6}\b|!important", path.read_text())
    ]

    assert found == []
