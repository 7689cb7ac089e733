"""Reads ini files as Kinto does, with PasteDeploy's own loader. Paths in, one for each line; JSON out, one for each file."""
import json
import os
import sys
from configparser import Error

from paste.deploy.loadwsgi import ConfigLoader


def value(parser, section, key):
    try:
        return parser.get(section, key)
    except Error:
        return None


def read(path):
    builtin = {'here': os.path.dirname(path), '__file__': path}
    try:
        parser = ConfigLoader(path).parser
    except Error:
        return None
    sections = {name: dict(values) for name, values in parser._sections.items()}
    own = {key: raw for key, raw in parser._defaults.items() if key not in builtin or raw != builtin[key]}
    main = {key: value(parser, 'app:main', key) for key in sections.get('app:main', {})}
    return {'sections': sections, 'defaults': own, 'main': main}


for line in sys.stdin:
    print(json.dumps(read(line.rstrip('\n'))))
