"""HTTP: the gate, the transaction of a request, the answers; the only place in core that knows the web framework."""

from coursify.core.http.answers import failures, json_response, reply
from coursify.core.http.route import Doorway, Route
from coursify.core.http.wants import Data, Db, Now, PageCursors, RequestLease, caller_of

__all__ = [
    "Data",
    "Db",
    "Doorway",
    "Now",
    "PageCursors",
    "RequestLease",
    "Route",
    "caller_of",
    "failures",
    "json_response",
    "reply",
]
