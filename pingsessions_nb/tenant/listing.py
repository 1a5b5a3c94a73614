"""The list of users, page after page, as it arrives."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from tqdm.auto import tqdm

from pingsessions_nb.errors import ApiError
from pingsessions_nb.tenant.api import USERS_PER_PAGE, Api
from pingsessions_nb.tenant.api_pages import ids_in
from pingsessions_nb.tenant.checkpoint import Checkpoint
from pingsessions_nb.tenant.fetched_pages import FetchedUserList
from pingsessions_nb.tenant.history_reading import BAR_DELAY_SECONDS
from pingsessions_nb.tenant.loop import BACKGROUND, wait

_DOING = "Listing users"
_NO_SUCH_PAGE = (400, 404, 410)


def everybody_url(api: Api) -> str:
    """Return the address of the first page of all users."""
    return api.url("users", limit=USERS_PER_PAGE, expand="population")


def listed(api: Api, url: str, limit: int | None, progress: bool) -> Iterator[FetchedUserList]:
    """Yield the pages from `url` on, until the list ends or holds `limit` users."""
    arrived: deque[FetchedUserList] = deque()
    running = BACKGROUND.submit(_follow(api, url, limit, arrived))
    bar = tqdm(desc=_DOING, unit="user", leave=False, delay=BAR_DELAY_SECONDS, disable=not progress)
    try:
        with bar:
            over = False
            while not over:
                over = wait(running)
                while arrived:
                    page = arrived.popleft()
                    bar.update(page.users)
                    yield page
    finally:
        running.cancel()
    running.result()


def listed_with(api: Api, checkpoint: Checkpoint, progress: bool) -> Iterator[FetchedUserList]:
    """Yield everybody's pages, those of the checkpoint first; add the others to it."""
    first: str | None = everybody_url(api)
    following = first
    for page in checkpoint.listed():
        following = page.next
        yield page
    while following is not None:
        try:
            for page in listed(api, following, None, progress):
                checkpoint.save(page)
                yield page
        except ApiError as error:
            if following == first or error.status not in _NO_SUCH_PAGE:
                raise
            following = first  # an old list's pages are no longer known; users count once
        else:
            return


async def _follow(api: Api, url: str, limit: int | None, arrived: deque[FetchedUserList]) -> None:
    listed: set[str] = set()
    async for page in api.pages(url, "users", _DOING):
        arrived.append(FetchedUserList(page.raw, page.next, len(page.items)))
        if limit is not None:
            listed.update(ids_in(page.items))  # who moves from page to page counts once
            if len(listed) >= limit:
                return
