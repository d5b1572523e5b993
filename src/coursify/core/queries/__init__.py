"""The foundations' SQL: one named function per statement."""

from coursify.core.queries.answers import (
    KeptAnswer,
    delete_answers_of,
    delete_old_answers,
    find_kept_answer,
    keep_answer,
    release_idempotency_key,
    take_idempotency_key,
)
from coursify.core.queries.emails import (
    Delivery,
    DeliveryState,
    insert_delivery,
    lock_delivery,
    queue_again,
    set_delivery_state,
)
from coursify.core.queries.guesses import (
    delete_old_guesses,
    give_guess_back,
    lock_guess_buckets,
    take_guess,
)
from coursify.core.queries.jobs import StalledJob, drop_overtaken_jobs, repeat_stalled_jobs
from coursify.core.queries.operation import (
    find_schema_revision,
    insert_audit,
    make_id,
    ping,
    retry_job,
)

__all__ = [
    "Delivery",
    "DeliveryState",
    "KeptAnswer",
    "StalledJob",
    "delete_answers_of",
    "delete_old_answers",
    "delete_old_guesses",
    "drop_overtaken_jobs",
    "find_kept_answer",
    "find_schema_revision",
    "give_guess_back",
    "insert_audit",
    "insert_delivery",
    "keep_answer",
    "lock_delivery",
    "lock_guess_buckets",
    "make_id",
    "ping",
    "queue_again",
    "release_idempotency_key",
    "repeat_stalled_jobs",
    "retry_job",
    "set_delivery_state",
    "take_guess",
    "take_idempotency_key",
]
