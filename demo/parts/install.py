"""Makes the virtual environment VENV and installs REQUIREMENTS into it.

usage: install.py VENV REQUIREMENTS STAMP

STAMP is written into the environment last, so a half-made one is made again. Python does this and not Node,
because the kernel gives up a flock when its holder dies: no stale lock, no two installers at once.
"""

import fcntl
import pathlib
import subprocess
import sys
import venv


def main(folder, requirements, stamp):
    folder = pathlib.Path(folder)
    done = folder / 'stamp'
    folder.parent.mkdir(parents=True, exist_ok=True)
    with open(folder.with_suffix('.lock'), 'w') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if done.exists() and done.read_text() == stamp:
            return 0
        venv.create(folder, clear=True, symlinks=True, with_pip=True)
        pip = [str(folder / 'bin' / 'python'), '-m', 'pip', '--disable-pip-version-check', '--no-input']
        status = subprocess.run([*pip, 'install', '--quiet', '--no-deps', '--requirement', requirements]).returncode
        if status == 0:
            done.write_text(stamp)
        return status


sys.exit(main(*sys.argv[1:]))
