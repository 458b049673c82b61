"""How long services take: when orders were sent, when they ended, and what is usual."""

from __future__ import annotations

import statistics
from collections.abc import Mapping

from ..ledger import Ledger

_ENDED = ("ready", "fetched", "failed", "cancelled", "expired", "refused", "written_off")


def ended_at(ledger: Ledger) -> Mapping[str, float]:
    """When a service was done with each order that it is done with, in seconds since 1970."""
    marks = ", ".join("?" * len(_ENDED))
    rows = ledger.read(
        f"SELECT e.order_key, min(e.at) FROM events e JOIN (SELECT order_key, max(began_at) AS began FROM attempts"
        f" GROUP BY order_key) a ON a.order_key = e.order_key WHERE e.what IN ({marks}) AND e.at >= a.began"
        " GROUP BY e.order_key",
        *_ENDED,
    )
    return dict(rows)


def typical_seconds(ledger: Ledger) -> Mapping[tuple[str, str], int]:
    """The median time from submit to a result here, by service and model, as far as this project knows."""
    rows = ledger.read(
        "SELECT json_extract(o.spec, '$.service'), json_extract(o.spec, '$.model'), r.at - a.began FROM orders o"
        " JOIN (SELECT order_key, max(began_at) AS began FROM attempts GROUP BY order_key) a ON a.order_key = o.key"
        " JOIN (SELECT order_key, min(at) AS at FROM events WHERE what IN ('ready', 'fetched') GROUP BY order_key) r"
        " ON r.order_key = o.key WHERE r.at >= a.began"
    )
    found: dict[tuple[str, str], list[float]] = {}
    for service, model, seconds in rows:
        found.setdefault((service, model), []).append(seconds)
    return {key: max(round(statistics.median(all_)), 1) for key, all_ in found.items()}
