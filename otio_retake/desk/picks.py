"""The file of picks: what was chosen on a page without this program, to be taken up by the desk."""

from __future__ import annotations

from typing import Any

FORMAT = 1


def picks_of(board: dict[str, Any]) -> dict[str, Any]:
    """The picks and rejections of a board, as a file holds them."""
    picks, rejected = [], []
    for request in board["requests"]:
        chosen = next((take for take in request["made"] if take["id"] == request["picked"]), None)
        # What nobody decided is left to whoever does.
        if chosen is not None or request["original_chosen"]:
            name = chosen["name"] if chosen else "original"
            picks.append({"mark": request["id"], "take": request["picked"], "name": name})
        rejected += [
            {"take": take["id"], "name": take["name"], "reason": take["reason"]}
            for take in request["made"]
            if take["state"] == "rejected"
        ]
    return {"otio_retake_picks": FORMAT, "cut": board["cut"]["name"], "picks": picks, "rejected": rejected}
