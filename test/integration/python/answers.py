"""Creates the records that are given, then answers all of them in one batch. Prints the entries of that batch as JSON.

usage: answers.py SERVER_URL RECORDS

RECORDS is a JSON list of {"data": the record, "answer": the body of its answer}.
"""

import json
import sys

from kinto_http import Client


def main(server_url, records):
    records = json.loads(records)
    place = {'bucket': 'stepfunction', 'collection': 'steps'}
    workflow = Client(server_url=server_url, auth=('workflow', 'secret'), **place)
    alice = Client(server_url=server_url, auth=('alice', 'secret'), **place)
    with workflow.batch() as batch:
        for record in records:
            batch.create_record(data=record['data'])
    with alice.batch() as batch:
        for record in records:
            url = batch.get_endpoint('record', id=record['data']['id']) + '/stepfunction'
            batch.session.request('POST', url, payload=record['answer'])
    json.dump(batch.results(), sys.stdout)


main(*sys.argv[1:])
