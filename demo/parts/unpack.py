"""Unpacks DIRECTORY, of the source of the one package that REQUIREMENTS names, into FOLDER.

usage: unpack.py FOLDER REQUIREMENTS DIRECTORY STAMP

Nothing is built and nothing is installed. It needs a Python that has pip. STAMP tells whether the folder is made
already (once.py).
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile

from once import make_once

# pip asks the builder of each source for its metadata, even if it only downloads: it would fetch the builder and run
# it. This one answers in its place, with the metadata that every source carries.
BUILDER = """
import email, os, shutil

def prepare_metadata_for_build_wheel(folder, settings=None):
    with open('PKG-INFO', encoding='utf-8') as file:
        metadata = email.message_from_file(file)
    name = '{Name}-{Version}.dist-info'.format_map(metadata)
    os.mkdir(os.path.join(folder, name))
    shutil.copy('PKG-INFO', os.path.join(folder, name, 'METADATA'))
    return name
"""


def main(folder, requirements, directory, stamp):
    def unpack(folder):
        with tempfile.TemporaryDirectory() as temporary:
            status = download(requirements, pathlib.Path(temporary))
            if status == 0:
                shutil.rmtree(folder, ignore_errors=True)
                [archive] = pathlib.Path(temporary).glob('*.tar.gz')
                write_files(archive, directory, folder)
            return status

    return make_once(folder, stamp, unpack)


def download(requirements, folder):
    builder = folder / 'builder' / 'hatchling' / 'build.py'
    builder.parent.mkdir(parents=True)
    builder.write_text(BUILDER)
    pip = [sys.executable, '-m', 'pip', '--disable-pip-version-check', '--no-input', '--no-color']
    source = ['download', '--quiet', '--no-deps', '--no-binary', ':all:', '--no-build-isolation', '--require-hashes']
    return subprocess.run(
        [*pip, *source, '--dest', str(folder), '--requirement', requirements],
        env={**os.environ, 'PYTHONPATH': str(folder / 'builder')},
    ).returncode


def write_files(archive, directory, folder):
    with tarfile.open(archive) as files:
        for member in files:
            path = pathlib.PurePosixPath(member.name)
            # The first part names the package and its version
            inner = pathlib.PurePosixPath(*path.parts[1:])
            if member.isfile() and inner.is_relative_to(directory):
                target = folder / inner.relative_to(directory)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(files.extractfile(member).read())


sys.exit(main(*sys.argv[1:]))
