"""Makes the virtual environment VENV and installs REQUIREMENTS into it.

usage: install.py VENV REQUIREMENTS STAMP

STAMP tells whether it is made already (once.py).
"""

import subprocess
import sys
import venv

from once import make_once


def main(folder, requirements, stamp):
    def install(folder):
        venv.create(folder, clear=True, symlinks=True, with_pip=True)
        pip = [str(folder / 'bin' / 'python'), '-m', 'pip', '--disable-pip-version-check', '--no-input']
        return subprocess.run([*pip, 'install', '--quiet', '--no-deps', '--requirement', requirements]).returncode

    return make_once(folder, stamp, install)


sys.exit(main(*sys.argv[1:]))
