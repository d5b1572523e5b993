"""Errors of the work list."""

from __future__ import annotations

from typing import ClassVar

from coursify.core.errors import Conflict, NotFound


class AttentionItemNotFound(NotFound):
    code, message = "attention_item_not_found", "Work list item not found."


class AttentionItemResolved(Conflict):
    code, message = "attention_item_resolved", "This item is resolved already."
    remedy = "Load the work list again."


class ActionNotPossible(Conflict):
    code, message = "action_not_possible", "This action is not possible for this item; `actions` lists what is."
    remedy = "Offer only what `actions` of the item lists."
    is_final: ClassVar[bool] = False
