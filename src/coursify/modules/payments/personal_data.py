"""What payments has of a person: what they bought. The provider is asked in forget_customer."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection, Records
from coursify.modules.payments.queries import personal_records, refunds

TABLES = {
    "payment_customers": "deleted, once the provider has deleted the customer",
    "orders": "all of it: the books are kept",
    "order_lines": "all of it: the books are kept",
    "payments": "all of it: the books are kept",
    "refunds": "the money, without the reason that was given",
    "refund_proposals": "all of it: who decided about money is kept",
}


async def export(db: Connection, user_id: UUID) -> dict[str, Records]:
    return {
        "orders": await personal_records.list_orders(db, user_id),
        "payments": await personal_records.list_payments(db, user_id),
        "refunds": await personal_records.list_refunds(db, user_id),
        "paymentCustomer": await personal_records.list_payment_customer(db, user_id),
    }


async def erase(db: Connection, user_id: UUID, now: datetime) -> None:
    await refunds.clear_reasons_of(db, user_id)
