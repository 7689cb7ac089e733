"""Makes a folder once, however many processes want it: one makes it, and the others wait.

Python does this and not Node, because the kernel gives up a flock when its holder dies: no stale lock, no two
makers at once.
"""

import fcntl
import pathlib


def make_once(folder, stamp, make):
    """Calls MAKE with FOLDER, unless that bears STAMP already, and returns its status: 0 for a folder that is made.

    STAMP is written into the folder last, so a half-made one is made again.
    """
    folder = pathlib.Path(folder)
    done = folder / 'stamp'
    folder.parent.mkdir(parents=True, exist_ok=True)
    with open(folder.with_suffix('.lock'), 'w') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if done.exists() and done.read_text() == stamp:
            return 0
        status = make(folder)
        if status == 0:
            done.write_text(stamp)
        return status
