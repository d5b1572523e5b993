"""The links in the side bar of each area, one line for each page."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    path: str

    def is_current(self, path: str) -> bool:
        """Whether the page at `path` is this one or below it."""
        is_home = self.path in {"/admin", "/teach"}
        return path == self.path or (not is_home and path.startswith(f"{self.path}/"))


@dataclass(frozen=True, slots=True)
class Group:
    label: str
    links: tuple[Link, ...]


ADMIN = (
    Group("", (Link("Today", "/admin"), Link("Work list", "/admin/attention"))),
    Group("Catalogue", (Link("Approvals", "/admin/approvals"), Link("Courses", "/admin/courses"))),
    Group(
        "People",
        (Link("People", "/admin/people"), Link("Reviews", "/admin/reviews"), Link("Notices", "/admin/notices")),
    ),
    Group("Money", (Link("Payments", "/admin/payments"), Link("Webhook events", "/admin/webhook-events"))),
    Group(
        "System",
        (
            Link("Jobs", "/admin/jobs"),
            Link("Emails", "/admin/emails"),
            Link("Audit log", "/admin/audit-log"),
            Link("Health", "/admin/health"),
        ),
    ),
)
TEACH = (
    Group("", (Link("Overview", "/teach"),)),
    Group("Teaching", (Link("Courses", "/teach/courses"), Link("Reviews", "/teach/reviews"))),
    Group("Figures", (Link("Statistics", "/teach/statistics"), Link("Sales", "/teach/sales"))),
    Group("News", (Link("Notifications", "/teach/notifications"),)),
)


def groups_at(path: str) -> tuple[Group, ...]:
    """The side bar of the area that `path` belongs to; pages of the account have none."""
    if path == "/admin" or path.startswith("/admin/"):
        return ADMIN
    return TEACH if path == "/teach" or path.startswith("/teach/") else ()
