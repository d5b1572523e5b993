"""Calls to servers on this machine: plain HTTP, past any proxy.

A client loads root certificates when it is made, which takes longer than most calls to loopback.
"""

from __future__ import annotations

import ssl
from typing import Any

NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
PLAIN: Any = {"trust_env": False, "verify": NO_CERTIFICATES}
