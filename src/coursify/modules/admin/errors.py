"""What can go wrong when an admin works through the list."""

from __future__ import annotations

from typing import ClassVar

from coursify.core.errors import Conflict, NotFound


class AttentionItemNotFound(NotFound):
    code, message = "attention_item_not_found", "There is no such item on the work list."


class AttentionItemResolved(Conflict):
    code, message = "attention_item_resolved", "This item was dealt with already."
    remedy = "Load the work list again."


class ActionNotPossible(Conflict):
    code, message = "action_not_possible", "This cannot be done about this item; its `actions` say what can."
    remedy = "Offer only what `actions` of the item lists."
    is_final: ClassVar[bool] = False
