"""The table beside the width of its page: nothing is out of sight."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import row, table
from tests.support.chromium import sign_in
from tests.support.portal import Portal

LONG = "a-name-as-long-as-they-may-be-forty-seven-chars"
WIDTHS = """() => [".table-scroll", "html"].map(name => {
  const { scrollWidth, clientWidth } = document.querySelector(name);
  return scrollWidth - clientWidth;
})"""


@pytest.fixture(scope="module")
def varied(tmp_path_factory):
    """A portal whose rows have a long name, a long image, a status of two lines."""
    running = Portal(tmp_path_factory.mktemp("varied") / "data").start()
    image = "registry.example.com/platform/serving/vllm:v0.11.0-cuda12.8"
    running.submit(LONG, image=image, gpus=100, workers=7, replicas=9)
    running.submit("short", workers=0)
    yield running
    running.stop()


@pytest.fixture
def admin(page, varied):
    """A page of its first administrator."""
    page.set_default_timeout(10_000)
    sign_in(page, varied)
    return page


@pytest.mark.parametrize("width", [1440, 1920, 390])
def test_at_usual_widths_the_table_scrolls_in_no_direction_but_down(
    admin, varied, width
):
    admin.set_viewport_size({"width": width, "height": 900})
    table(admin, varied)
    expect(row(admin, LONG)).to_contain_text("Pending")

    assert admin.evaluate(WIDTHS) == [0, 0]


def test_where_it_is_wider_than_the_page_the_actions_stay_in_sight(admin, varied):
    admin.set_viewport_size({"width": 1024, "height": 768})
    table(admin, varied)

    beyond, page = admin.evaluate(WIDTHS)

    assert beyond > 0
    assert page == 0
    expect(row(admin, LONG).get_by_label("Actions for")).to_be_in_viewport()
