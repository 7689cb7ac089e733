"""The answer inside of Kinto, as the plugin of 2017 gave it, for today's Kinto and with a check of the permission.

This is what the service is measured against, so it is frozen: fixed if Kinto breaks it, never tuned.
"""

import json

import boto3
import colander
from botocore.exceptions import ClientError
from kinto.authorization import _inherited_permissions
from kinto.core import Service
from kinto.core.cornice.validators import colander_body_validator
from kinto.core.errors import http_error
from kinto.core.storage.exceptions import ObjectNotFoundError
from kinto.core.utils import prefixed_principals
from pyramid.httpexceptions import HTTPBadRequest, HTTPForbidden, HTTPNotFound
from pyramid.security import NO_PERMISSION_REQUIRED

stepfunction = Service(
    name='stepfunction',
    description='Answers a record',
    path='/buckets/{bucket_id}/collections/{collection_id}/records/{record_id}/stepfunction',
)


class Answer(colander.MappingSchema):
    answer = colander.SchemaNode(colander.String(), validator=colander.OneOf(('SUCCEED', 'FAIL')))


@stepfunction.post(schema=Answer(), validators=(colander_body_validator,), permission=NO_PERMISSION_REQUIRED)
def answer(request):
    registry = request.registry
    parent_id = '/buckets/{bucket_id}/collections/{collection_id}'.format(**request.matchdict)
    record_id = request.matchdict['record_id']
    if not may_write(request, f'{parent_id}/records/{record_id}'):
        raise http_error(HTTPForbidden(), message='No write permission')
    try:
        record = registry.storage.get('record', parent_id, record_id)
    except ObjectNotFoundError:
        raise http_error(HTTPNotFound(), message='No such record')
    try:
        report(registry.stepfunctions, record, request.validated['answer'])
    except ClientError as error:
        raise http_error(HTTPBadRequest(), message=str(error))
    updated = {**record, 'status': request.validated['answer'], 'answeredBy': request.prefixed_userid}
    del updated['last_modified']
    return {'data': registry.storage.update('record', parent_id, record_id, updated)}


def may_write(request, uri):
    bound = _inherited_permissions(uri, 'write')
    return request.registry.permission.check_permission(prefixed_principals(request), bound)


def report(client, record, answer):
    token = record.get('taskToken')
    if token is None:
        token = client.get_activity_task(activityArn=record['activityArn']).get('taskToken')
    if answer == 'SUCCEED':
        client.send_task_success(taskToken=token, output=json.dumps({'message': 'signed off'}))
    else:
        client.send_task_failure(taskToken=token, error='Not signing off', cause='After reviewing, the decision was made to not sign off')


def includeme(config):
    settings = config.get_settings()
    config.registry.stepfunctions = boto3.client(
        'stepfunctions',
        region_name=settings['stepfunction.aws_region'],
        endpoint_url=settings['stepfunction.aws_endpoint_url'],
        aws_access_key_id=settings['stepfunction.aws_access_key'],
        aws_secret_access_key=settings['stepfunction.aws_secret_key'],
    )
    config.add_cornice_service(stepfunction)
