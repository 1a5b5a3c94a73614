"""The list of users, page after page, as it arrives; and that of populations."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

import pandas as pd
from tqdm.auto import tqdm

from pingsessions_nb.errors import ApiError
from pingsessions_nb.tenant.api import USERS_PER_PAGE, Api
from pingsessions_nb.tenant.api_pages import ids_in, objects
from pingsessions_nb.tenant.checkpoint import Checkpoint, FetchedUserList
from pingsessions_nb.tenant.history_reading import BAR_DELAY_SECONDS
from pingsessions_nb.tenant.loop import BACKGROUND, wait

_DOING = "Listing users"
_NO_SUCH_PAGE = (400, 404, 410)
_POPULATION = {  # column: the API's field, how it comes and how it is kept
    "population_id": ("id", str, "str"),
    "name": ("name", str, "str"),
    "description": ("description", str, "str"),
    "user_count": ("userCount", int, "Int64"),
    "default": ("default", bool, "boolean"),
}


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


def everybody(api: Api, checkpoint: Checkpoint | None, progress: bool) -> Iterator[FetchedUserList]:
    """Yield everybody's pages, those of a checkpoint first; add the others to it."""
    first: str | None = api.url("users", limit=USERS_PER_PAGE, expand="population")
    following = first
    for page in () if checkpoint is None else checkpoint.listed():
        following = page.next
        yield page
    while following is not None:
        try:
            for page in listed(api, following, None, progress):
                if checkpoint is not None:
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


def populations_frame(populations: Iterable[bytes]) -> pd.DataFrame:
    """Make a row of each population, of which the JSON is given."""
    fields = [(field, kind) for field, kind, _ in _POPULATION.values()]
    rows = [[_value(one.get(name), kind) for name, kind in fields] for one in objects(populations)]
    dtypes = {column: dtype for column, (_, _, dtype) in _POPULATION.items()}
    return listed_once(pd.DataFrame(rows, columns=list(dtypes)).astype(dtypes), "population_id")


def listed_once(frame: pd.DataFrame, key: str) -> pd.DataFrame:
    """Return the rows of a list without those that came before: what moves between two pages."""
    again = frame[key].duplicated() & frame[key].notna()
    return frame[~again].reset_index(drop=True) if again.any() else frame


def _value(found: object, kind: type) -> object:
    """Return what was found if it is of its kind, and fits into its column."""
    fits = type(found) is kind and (not isinstance(found, int) or abs(found) < 2**63)
    return found if fits else None
