"""pulled → uploaded: the pull is where its service can read it. This costs nothing and may be done again."""

from __future__ import annotations

from ..orders import Order, State
from .heard import check_upload
from .workshop import Workshop


def run(order: Order, shop: Workshop) -> None:
    """Uploads the pull of ``order``; an upload that has expired is made anew.

    Raises ``AlreadyBought`` before anything leaves the machine for an order that was paid for before.
    """
    shop.ledger.check_bought(order)
    if order.state in (State.UPLOADED, State.REFUSED):
        shop.ledger.move(order.key, State.PULLED, "upload expired", upload="", upload_expires=None)
    pull = shop.submission(order).pull
    if not pull.is_file():
        shop.ledger.move(order.key, State.PLANNED, "pull is gone", pull="")
        return
    upload = shop.provider(order).upload(pull, order.spec, shop.progress(order, "upload"))
    check_upload(order, upload, shop)
    shop.ledger.move(order.key, State.UPLOADED, upload=upload.reference, upload_expires=upload.expires_at)
