"""Runs a command as a child that dies with its supervisor.

Started by path with a bare interpreter: it drops privileges, asks the kernel for a signal when the supervisor
dies, and becomes the command. Dropping comes first, because a change of user forgets the request.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    death_signal, supervisor, uid, gid = (int(value) for value in sys.argv[1:5])
    command = sys.argv[5:]
    if uid >= 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
    if os.getppid() != supervisor:
        sys.exit("the supervisor died before its child began")
    os.execv(command[0], command)  # noqa: S606  the command is the supervisor's own, and no shell is wanted


if __name__ == "__main__":
    main()
