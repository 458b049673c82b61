"""A real Chromium, driven by Playwright.

Its synchronous interface keeps an event loop in the thread that it runs in, so a browser is opened for a test and
closed after it: other tests may want loops of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)  # fmt: skip


@contextmanager
def opened(chromium: str, *flags: str) -> Iterator[Browser]:
    """The browser at ``chromium``, with more flags."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=[*FLAGS, *flags])
        try:
            yield browser
        finally:
            browser.close()
