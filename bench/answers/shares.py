"""Says as JSON what each part of Kinto's software took, in seconds, of the profiles that are named.

What is built into Python counts for the part that called it, but for the database driver's work, most of which is waiting.
"""

import json
import pstats
import sys

PARTS = {
    'PostgreSQL and its driver': ('psycopg2',),
    'SQLAlchemy and transactions': ('sqlalchemy', 'zope/sqlalchemy', 'transaction', 'pyramid_tm'),
    'Pyramid, Cornice, Colander, WebOb': ('pyramid', 'kinto/core/cornice', 'colander', 'webob', 'zope', 'translationstring'),
    'Kinto': ('kinto',),
}
OTHER = "Python's library and all else"


def part_of(function):
    file, _, name = function
    for part, packages in PARTS.items():
        if any(f'/site-packages/{package}' in file or f"'{package}" in name for package in packages):
            return part
    return OTHER


def shares(stats):
    took = dict.fromkeys([*PARTS, OTHER], 0)
    for function, (_, _, own, _, callers) in stats.items():
        built_in = function[0] == '~' and part_of(function) == OTHER
        if not built_in:
            took[part_of(function)] += own
        for caller, (_, _, own_for_caller, _) in callers.items() if built_in else ():
            took[part_of(caller)] += own_for_caller
    return took


print(json.dumps(shares(pstats.Stats(*sys.argv[1:]).stats)))
