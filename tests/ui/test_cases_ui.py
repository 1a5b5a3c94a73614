"""The explorer's cases in JupyterLab: read everybody, choose with mouse and keys, expand."""

import pytest

READ = """
import pingsessions_nb as ps
history = ps.demo(users=60, seed=7).history()
explorer = ps.explore(history)
"""
UNREAD = """
import pingsessions_nb as ps
tenant = ps.demo(users=60, seed=7)
explorer = ps.explore(tenant)
"""


@pytest.fixture
def opened(notebook, desk):
    def run(setup, size=(1280, 1400)):
        book = notebook([setup, "explorer"])
        desk.set_width(*size)
        return book

    return run


def test_a_case_is_chosen_with_mouse_and_keys_and_shows_its_users(opened):
    book = opened(READ)
    rows = book.locator(".ps-case")
    rows.first.wait_for()
    assert rows.first.locator(".ps-severity").inner_text() == "High"
    assert not rows.first.locator(".ps-case-steps").is_visible()
    rows.nth(1).locator(".ps-severity").click()
    book.locator(".ps-case[aria-selected=true]").wait_for()
    assert rows.nth(1).locator(".ps-case-steps").is_visible()
    book.locator(".ps-details .ps-session").first.wait_for()
    told = book.run(
        "case = explorer.case_list.chosen\n"
        "print(case['rank'], explorer.value == case['user_ids'],"
        " explorer.selected == case['session_ids'])"
    )
    assert told == "2 True True"
    picked = book.locator(".ps-picker-chip").count()
    assert picked == int(book.run("print(len(explorer.value))"))

    book.page.keyboard.press("Escape")  # the list has the keys
    book.locator(".ps-case[aria-selected=true]").wait_for(state="hidden")
    for key in ("Home", "ArrowDown", "ArrowDown", "Enter"):
        book.page.keyboard.press(key)
    book.locator(".ps-case.ps-focus[aria-selected=true]").wait_for()
    third = book.run("print(explorer.case_list.cases.user_ids[2])")
    for _ in range(50):  # the browser sends one change after the other
        if book.run("print(explorer.value)") == third:
            break
    assert book.run("print(explorer.case_list.chosen['rank'])") == "3"
    assert book.locator(".jp-Cell").count() == 2  # no key went through to JupyterLab
    button = book.locator(".ps-cases .ps-keys-button")
    button.click()
    assert "leave the case" in book.locator(".ps-cases .ps-keys").inner_text()


def test_everybody_is_read_where_asked_with_a_bar(opened):
    book = opened(UNREAD)
    cases = book.locator(".ps-cases")
    assert "Read all users to find" in cases.inner_text()
    book.run(
        "import threading; slow = threading.Event(); read = tenant.history_of_users\n"
        "tenant.history_of_users = lambda users: (slow.wait(30), read(users))[1]"
    )
    cases.locator("button", has_text="Read all users").click()
    bar = cases.locator("progress")
    bar.wait_for()
    assert bar.get_attribute("max") == "60"
    assert cases.locator("button", has_text="Stop").is_visible()
    book.run("slow.set()")
    book.locator(".ps-case").first.wait_for()
    assert not bar.is_visible()
    assert cases.locator("button", has_text="Read all users").is_visible()


def test_what_a_case_says_is_text_and_expands(opened):
    book = opened(READ)
    book.locator(".ps-case").first.wait_for()
    book.run(
        "from pingsessions_nb.wording import several\n"
        "names = tuple(f'<b>user {n}</b>' for n in range(12))\n"
        "cases = explorer.case_list.cases.head(1).copy()\n"
        "cases.at[0, 'users'] = names\n"
        "cases['summary'] = f'{several(list(names))}, at noon: <img src=x onerror=alert(1)>.'\n"
        "explorer.case_list.cases = cases"
    )
    row = book.locator(".ps-case")
    row.locator(".ps-expand", has_text="more").click()
    assert "<b>user 11</b>" in row.locator(".ps-case-users").inner_text()
    assert row.locator(".ps-case-summary").inner_text().startswith("at noon: ")
    assert "<img src=x onerror=alert(1)>" in row.inner_text()
    assert book.locator(".ps-case b, .ps-case img").count() == 0
    assert row.get_attribute("aria-selected") == "false"  # it was no choice
