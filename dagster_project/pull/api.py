"""Asking a vendor's API: retries, rate limits, tokens, and errors that a person can act on.

What belongs here: how a request is sent and what a refusal means. What doesn't: which requests.

A token is sent to the one given address and nowhere else; it enters no message, log or file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from dlt.sources.helpers.requests import Client
from dlt.sources.helpers.rest_client.client import RESTClient
from dlt.sources.helpers.rest_client.paginators import BasePaginator
from requests import HTTPError, PreparedRequest, Response, TooManyRedirects
from requests.auth import AuthBase
from requests.exceptions import RequestException

from .parts import Row

SECONDS_TO_WAIT = (10.0, 120.0)
"""For a connection, and for an answer."""


class PullError(Exception):
    """A pull can't go on; the message says what was asked, what came back and what to do."""


@dataclass(frozen=True)
class Patience:
    """How often a request is sent before a pull gives up (after 429, 5xx or a lost connection), and
    how long it waits in between: as long as the server says, else `backoff_seconds`, doubled each time."""

    attempts: int = 8
    backoff_seconds: float = 1.0
    most_seconds: float = 300.0


PATIENT = Patience()


class Token(AuthBase):
    """A bearer token for one address. `fetch` gets one; a refused one is fetched anew, once a request."""

    def __init__(self, base_url: str, fetch: Callable[[], str], is_renewable: bool) -> None:
        self._place = urlsplit(base_url)[:2]
        self._fetch = fetch
        self._is_renewable = is_renewable
        self._token: str | None = None

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        if urlsplit(request.url or "")[:2] != self._place:
            raise PullError(
                f"The API at {self._place[1]} sent the pull on to another address, and a token goes to the "
                "one that is set only. Set the address that answers for itself."
            )
        self._sign(request)
        if self._is_renewable:
            request.register_hook("response", self._renew)
        return request

    def _sign(self, request: PreparedRequest) -> None:
        self._token = self._token or self._fetch()
        request.headers["Authorization"] = f"Bearer {self._token}"

    def _renew(self, response: Response, **sending: Any) -> Response:
        """The answer to the same request with a new token, where the old one had expired."""
        if response.status_code != 401:
            return response
        response.content  # noqa: B018  # the connection is free only once the answer has been read
        response.close()
        self._token = None
        again = response.request.copy()
        self._sign(again)
        # The adapter sends it, so that a second refusal is final.
        answer: Response = response.connection.send(again, **sending)
        answer.request = again
        return answer


class Api:
    """One vendor's API at one address."""

    def __init__(
        self, vendor: str, base_url: str, token_setting: str, auth: AuthBase | None, patience: Patience
    ) -> None:
        self.vendor = vendor
        self.token_setting = token_setting
        session = Client(
            request_timeout=SECONDS_TO_WAIT,
            raise_for_status=False,
            request_max_attempts=patience.attempts,
            request_backoff_factor=patience.backoff_seconds,
            request_max_retry_delay=patience.most_seconds,
        ).session
        session.max_redirects = 0
        self._client = RESTClient(base_url.rstrip("/"), auth=auth, session=session)

    def get(self, path: str, **params: str) -> Row:
        """The answer to a GET. Raises PullError."""
        return self._asked(path, lambda: self._client.get(path, params=params))

    def post(self, path: str, body: Row) -> Row:
        """The answer to a POST of JSON. Raises PullError."""
        return self._asked(path, lambda: self._client.post(path, json=body))

    def post_form(self, path: str, form: dict[str, str]) -> Row:
        """The answer to a POST of a form. Raises PullError."""
        return self._asked(path, lambda: self._client.post(path, data=form))

    def pages(self, path: str, selector: str, paginator: BasePaginator, **params: str) -> Iterator[list[Row]]:
        """The rows of a listing, page by page. Raises PullError."""
        pages = self._client.paginate(path, params=params, paginator=paginator, data_selector=selector)
        while True:
            try:
                page = next(pages, None)
            except RequestException as error:
                raise self._refusal(path, error) from None
            if page is None:
                return
            yield list(page)

    def _asked(self, path: str, send: Callable[[], Response]) -> Row:
        try:
            response = send()
            response.raise_for_status()
            answer: Row = response.json()
        except RequestException as error:
            raise self._refusal(path, error) from None
        return answer

    def _refusal(self, path: str, error: RequestException) -> PullError:
        """What went wrong, in words that hold nothing of the request but its path."""
        status = error.response.status_code if error.response is not None else None
        asked = f"{self.vendor}: {path}"
        if status in (401, 403):
            said = _said(error.response)
            return PullError(
                f"{asked} was refused (HTTP {status}{said}). Check {self.token_setting}: it must be valid, and "
                "allowed to read what is pulled. Nothing was delivered; the next pull begins at the same place."
            )
        if isinstance(error, TooManyRedirects):
            what = "was answered with a redirection; set the address that answers itself"
        elif isinstance(error, HTTPError):
            what = f"failed with HTTP {status}{_said(error.response)}"
        else:
            what = (
                f"failed ({type(error).__name__}): the server can't be reached, or its answer can't be read"
            )
        return PullError(f"{asked} {what}. Nothing was delivered; the next pull begins at the same place.")


def _said(response: Response | None) -> str:
    """The API's own word for an error, such as `INVALID_FIELD`, if it gave one."""
    try:
        answer = response.json() if response is not None else None
    except RequestException:
        return ""
    first = answer[0] if isinstance(answer, list) and answer else answer
    if not isinstance(first, dict):
        return ""
    word = first.get("errorCode") or first.get("category") or first.get("error") or ""
    return f", {word}" if isinstance(word, str) and word.replace("_", "").isalnum() else ""
