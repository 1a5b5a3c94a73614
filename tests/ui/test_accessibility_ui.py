"""axe-core looks at every part of the explorer, in every state, light and dark."""

from axe_playwright_python.sync_playwright import Axe

SETUP = [
    "import pingsessions_nb as ps\n"
    "tenant = ps.demo(users=60, seed=7, allow_end_session=True)\n"
    "explorer = ps.explore(tenant)",
    "explorer",
]
JUNE = "710d6278-ccce-4a91-bdb9-ac7a4a0e60d5"
BARRIERS = ("serious", "critical")


def barriers(page):
    """What axe-core finds in our parts that would keep somebody out."""
    found = Axe().run(page, context={"include": [[".ps-widget"]]}).response
    assert "error" not in found
    assert found["testEngine"]["name"] == "axe-core"
    return [
        f"{one['id']} ({one['impact']}): {node['target'][-1]} {node.get('failureSummary', '')}"
        for one in found["violations"]
        if one["impact"] in BARRIERS
        for node in one["nodes"]
    ]


def people_found(book):
    book.run("explorer.value = ()")
    book.locator(".ps-status-line", has_text="Choose users").wait_for()
    book.locator(".ps-picker-input").fill("a")
    book.locator(".ps-picker-list:not([aria-busy]) .ps-user.ps-active").wait_for()


def asked_before_ending_with_a_filter_open(book):
    book.locator(".ps-picker-input").press("Escape")
    book.run("explorer.value = tuple(tenant.users(limit=12).user_id)")
    book.locator(".ps-timeline .ps-count", has_text="users").wait_for()
    book.run(
        "explorer.signals = ps.signals(explorer.history)\n"
        "explorer.selected = tuple(explorer.history.sessions.session_id[:2])"
    )
    book.locator(".ps-details .ps-session").nth(1).wait_for()
    book.locator(".ps-end").first.click()
    book.locator(".ps-asking").wait_for()
    book.locator(".ps-filter", has_text="Country").click()
    book.locator(".ps-filter-list .ps-filter-check").first.wait_for()


def a_time_range_open(book):
    book.page.keyboard.press("Escape")
    book.locator(".ps-filter").first.click()
    book.locator(".ps-filter-actions").wait_for()


def an_error(book):
    book.page.keyboard.press("Escape")
    book.run(f"explorer.value = ({JUNE!r}, '00000000-0000-4000-8000-000000000000')")
    book.locator(".ps-status-line.ps-error").wait_for()


def a_case_chosen(book):
    book.page.keyboard.press("Escape")
    book.run("explorer.case_list.cases = None")
    book.locator(".ps-cases button", has_text="Read all users").click()
    book.locator(".ps-case .ps-expand").first.wait_for()
    book.locator(".ps-case").nth(1).locator(".ps-severity").click()
    book.locator(".ps-case[aria-selected=true]").wait_for()


STATES = (
    *(a_case_chosen, people_found, asked_before_ending_with_a_filter_open),
    *(a_time_range_open, an_error),
)


def test_axe_finds_no_barrier_in_either_theme(notebook, desk):
    book = notebook(SETUP)
    desk.set_width(1280, 1400)
    found = {}
    for theme in ("light", "dark"):
        desk.set_theme(theme)
        for state in STATES:
            state(book)
            book.wait_idle()
            found[f"{state.__name__}, {theme}"] = barriers(book.page)
    assert not any(found.values()), "\n".join(
        f"{where}: {what}" for where, whats in found.items() for what in whats
    )


def test_axe_is_able_to_find_one(notebook):
    book = notebook(
        [
            "from IPython.display import HTML, display\n"
            "display(HTML('<div class=ps-widget><img src=data:, width=9><button></button></div>'))"
        ]
    )
    assert any("button-name" in one for one in barriers(book.page))
