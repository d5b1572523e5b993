"""The SQL that finds the payment to which something belongs."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Connection, find_value


async def find_payment_of_object(db: Connection, object_id: UUID) -> UUID | None:
    """The payment that this is, or whose order, refund, dispute or proposal it is; ids are unique among all of them."""
    return await find_value(
        db,
        UUID,
        """
        SELECT id FROM payments WHERE id = %(object_id)s OR order_id = %(object_id)s
        UNION ALL SELECT payment_id FROM refunds WHERE id = %(object_id)s
        UNION ALL SELECT payment_id FROM disputes WHERE id = %(object_id)s
        UNION ALL SELECT payment_id FROM refund_proposals WHERE id = %(object_id)s
        """,
        object_id=object_id,
    )


async def find_payment_of_provider_object(db: Connection, object_id: str) -> UUID | None:
    """The payment of this intent, refund or dispute of the provider."""
    return await find_value(
        db,
        UUID,
        """
        SELECT id FROM payments WHERE provider_payment_id = %(object_id)s
        UNION ALL SELECT payment_id FROM refunds WHERE provider_refund_id = %(object_id)s
        UNION ALL SELECT payment_id FROM disputes WHERE provider_dispute_id = %(object_id)s
        """,
        object_id=object_id,
    )
