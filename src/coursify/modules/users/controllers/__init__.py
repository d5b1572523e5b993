"""The users' operations, one resource per file."""

from coursify.modules.users.controllers import administration, links, outside, profile, second_factor, sessions, sign_in

ROUTERS = (
    sign_in.router,
    links.router,
    sessions.router,
    second_factor.router,
    profile.router,
    administration.router,
)

OUTSIDE = outside.router
