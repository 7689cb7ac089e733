"""Attaches a file to a record, another one in its place, then none. Prints what came of it as JSON.

usage: attachments.py SERVER_URL USER RECORD FIRST SECOND FOLDER

FIRST and SECOND are files; what is downloaded goes into FOLDER.
"""

import json
import pathlib
import sys

from kinto_http import Client


def main(server_url, user, record_id, first, second, folder):
    client = Client(server_url=server_url, auth=(user, 'secret'), bucket='stepfunction', collection='steps')
    saw = {'capability': client.server_info()['capabilities']['attachments']}
    for name, file in (('first', first), ('second', second)):
        saw[name] = client.add_attachment(id=record_id, filepath=file, data={'title': name})
        record = client.get_record(id=record_id)['data']
        saw[f'{name} record'] = record
        downloaded = client.download_attachment(record, filepath=str(pathlib.Path(folder) / name))
        saw[f'{name} is whole'] = pathlib.Path(downloaded).read_bytes() == pathlib.Path(file).read_bytes()
    saw['removed'] = client.remove_attachment(id=record_id)
    saw['record'] = client.get_record(id=record_id)['data']
    json.dump(saw, sys.stdout)


main(*sys.argv[1:])
