"""The picker in JupyterLab: search, choose, keys, populations, errors, the newest answer."""

import pytest

SETUP = """
import pingsessions_nb as ps
from pingsessions_nb.sandbox import SyntheticTenant, create_app, running
synthetic = SyntheticTenant(users=120, seed=7)
app = create_app(synthetic)

class SlowForOneLetter:  # the shorter the search, the later its answer
    def __init__(self, app): self.app = app
    async def __call__(self, scope, receive, send):
        import asyncio
        from urllib.parse import unquote_plus
        if 'sw "y"' in unquote_plus(scope.get("query_string", b"").decode()):
            await asyncio.sleep(1.5)
        await self.app(scope, receive, send)

app.add_middleware(SlowForOneLetter)
server = running(app)
url = server.__enter__()
tenant = ps.connect(
    environment_id=synthetic.environment_id, client_id="sandbox-client",
    client_secret=SECRET, api_url=url, auth_url=url,
)
picker = ps.UserPicker(tenant)
"""
READY = ".ps-picker-list:not([aria-busy])"


@pytest.fixture
def picker(notebook):
    def opened(secret="sandbox-secret"):
        return notebook([SETUP.replace("SECRET", repr(secret)), "picker"])

    return opened


def search(book, text):
    box = book.locator(".ps-picker-input")
    box.click()
    box.fill(text)  # from here on the list is busy until it has the answer
    book.locator(READY).wait_for(state="attached")


def becomes(book, expression, value):
    """Wait for the kernel to have it: a change travels once the one before is answered."""
    for _ in range(50):
        if book.run(f"print({expression})") == value:
            return
        book.page.wait_for_timeout(100)
    assert book.run(f"print({expression})") == value


def test_typing_searches_and_enter_chooses(picker):
    book = picker()
    search(book, "june")
    row = book.locator(".ps-user")
    assert row.count() == 1
    assert row.locator(".ps-user-name").inner_text() == "June Larkin"
    assert row.locator(".ps-user-username").inner_text() == "june.larkin"
    assert row.locator(".ps-user-population").inner_text() == "Employees"
    assert "2020" in row.locator(".ps-user-seen").get_attribute("title")
    book.page.keyboard.press("Enter")
    book.locator(".ps-picker-chip", has_text="June Larkin").wait_for()
    book.wait_idle()
    assert book.run("print(*picker.value)") == "710d6278-ccce-4a91-bdb9-ac7a4a0e60d5"
    book.page.keyboard.press("Escape")
    assert book.locator(".ps-user").is_hidden()
    book.page.keyboard.press("Backspace")
    book.locator(".ps-picker-chip").wait_for(state="detached")
    book.wait_idle()
    assert book.run("print(picker)") == "UserPicker(0 chosen)"


def test_several_by_keys_and_by_clicks(picker):
    book = picker()
    book.locator(".ps-picker-input").click()
    book.locator(f"{READY} .ps-user").first.wait_for()
    assert book.locator(".ps-user").count() == 50
    assert "first 50" in book.locator(".ps-picker-status").inner_text()
    for key in ("ArrowDown", "ArrowDown", "Enter", "End", "ArrowUp", "Enter", "Home", "Enter"):
        book.page.keyboard.press(key)
    book.locator(".ps-user").nth(4).click()
    book.locator(".ps-picker-chip").nth(3).wait_for()
    book.wait_idle()
    order = "[list(tenant.users(limit=50).user_id).index(u) for u in picker.value]"
    becomes(book, order, "[1, 48, 0, 4]")
    book.locator(".ps-picker-chip button").nth(1).click()
    becomes(book, order, "[1, 0, 4]")
    assert book.locator(".jp-Cell").count() == 2  # no key went through to JupyterLab


def test_the_newest_answer_wins(picker):
    book = picker()
    box = book.locator(".ps-picker-input")
    box.click()
    box.fill("y")
    book.page.wait_for_timeout(400)  # longer than the pause after which it asks
    search(book, "yan.x")
    names = book.locator(".ps-user-username")
    assert names.all_inner_texts() == ["yan.xie"]
    book.page.wait_for_timeout(1800)  # the slow answer would be here by now
    assert names.all_inner_texts() == ["yan.xie"]


def test_populations_disabled_users_and_nobody_at_all(picker):
    book = picker()
    name = book.run(
        "print(next(u['username'] for u in synthetic.users if not u.get('enabled', True)))"
    )
    search(book, name)
    assert book.locator(".ps-user .ps-tag").first.inner_text() == "disabled"
    search(book, "zzzz")
    assert "No user matches “zzzz”" in book.locator(".ps-picker-status").inner_text()
    assert book.locator(".ps-user").count() == 0
    book.page.keyboard.press("Escape")
    book.locator(".ps-picker-population option", has_text="Partners").wait_for(state="attached")
    book.locator(".ps-picker-population").select_option("Partners")
    book.locator(".ps-picker-input").click()
    book.locator(f"{READY} .ps-user").first.wait_for()
    populations = set(book.locator(".ps-user-population").all_inner_texts())
    assert populations == {"Partners"}
    book.wait_idle()
    expected = int(book.run("print(len(tenant.users(population='Partners')))"))
    assert book.locator(".ps-user").count() == min(50, expected)


def test_a_refusal_is_shown_in_place(picker, server_said):
    book = picker(secret="not the secret")
    search(book, "june")
    status = book.locator(".ps-picker-status.ps-error")
    status.wait_for()
    assert "secret" in status.inner_text()
    assert "not the secret" not in status.inner_text()
    status.locator("button", has_text="Try again").evaluate("(it) => { it.dataset.old = true; }")
    status.locator("button[data-old]").click()
    status.locator("button:not([data-old])").wait_for()  # another one, beside another answer
    assert "secret" in status.inner_text()
    book.wait_idle()
    assert all(output["output_type"] != "stream" for output in book.outputs())
    assert "Traceback" not in server_said()
