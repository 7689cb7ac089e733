"""What programs do with Kinto's Python client, and what came of it, as JSON.

usage: ordinary.py SERVER_URL
"""

import json
import sys

from kinto_http import Client, KintoException
from kinto_http.patch_type import JSONPatch, MergePatch


def main(server_url):
    saw = {}
    anybody = Client(server_url=server_url)
    anybody.session.request('put', '/accounts/dora', data={'password': 'secret'})
    dora = Client(server_url=server_url, auth=('dora', 'secret'), bucket='films', collection='seen')
    bob = Client(server_url=server_url, auth=('bob', 'secret'), bucket='films', collection='seen')
    saw['user'] = dora.server_info()['user']['id']
    saw['wrong password'] = refused(dora.clone(auth=('dora', 'wrong')).get_buckets)

    dora.create_bucket()
    dora.create_collection()
    saw['created twice'] = refused(dora.create_collection)
    for number in range(7):
        dora.create_record(id=f'n{number}', data={'number': number})
    saw['listed'] = [record['number'] for record in dora.get_records(_sort='number')]
    saw['pages'] = [[record['number'] for record in page['data']] for page in dora.get_paginated_records(_sort='number')]
    _, headers = dora.session.request('get', dora.get_endpoint('records'))
    saw['next page'] = headers['Next-Page']

    record = dora.create_record(id='kept', data={'title': 'old', 'gone': 1})['data']
    version = record['last_modified']
    saw['same version'] = dora.session.request('get', dora.get_endpoint('record', id='kept'), headers={'If-None-Match': f'"{version}"'})[0]
    dora.update_record(data={**record, 'title': 'new'}, if_match=version)
    saw['old version'] = refused(dora.update_record, data={**record, 'title': 'late'}, if_match=version)
    saw['id taken'] = refused(dora.create_record, id='kept', data={'title': 'again'})
    saw['merged'] = dora.patch_record(id='kept', changes=MergePatch({'gone': None, 'added': 1.0}))['data']
    saw['patched'] = dora.patch_record(id='kept', changes=JSONPatch([{'op': 'replace', 'path': '/data/title', 'value': 'best'}]))['data']

    saw['private'] = refused(bob.get_record, id='kept')
    dora.patch_record(id='kept', permissions={'read': ['account:bob']})
    saw['shared'] = bob.get_record(id='kept')['data']['title']

    with dora.batch() as batch:
        for number in range(3):
            batch.create_record(id=f'b{number}', data={'number': number})
        batch.delete_record(id='b1')
    saw['batch'] = [entry['data'] for entry in batch.results()]
    saw['deleted'] = refused(dora.get_record, id='b1')
    json.dump(saw, sys.stdout)


def refused(call, *args, **kwargs):
    try:
        call(*args, **kwargs)
    except KintoException as error:
        return {'status': error.response.status_code, 'body': error.response.json()}


main(*sys.argv[1:])
