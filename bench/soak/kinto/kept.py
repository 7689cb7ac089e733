"""Kinto's own backends in memory, kept in a file: a Kinto that is killed has its data when it is started again.

PostgreSQL would do it too, which not every machine has. As there, a request is kept whole or not at all, and before it is
answered. Unlike there, one request is carried out at a time: Kinto reads a record before it writes it, so of two
simultaneous writes one could undo the other, and a wrong record would not tell whose mistake it was.

    kinto.includes = kept
    kinto.storage_backend = kept_storage
    kinto.permission_backend = kept_permission
    kinto.storage_url = the file
"""

import collections
import os
import pickle
import threading

from pyramid.tweens import INGRESS

lock = threading.Lock()


def includeme(config):
    config.add_tween('kept.one_at_a_time', under=INGRESS)


def one_at_a_time(handler, registry):
    journal = Journal.of(registry.settings)

    def handle(request):
        with lock:
            try:
                return handler(request)
            finally:
                journal.write()

    return handle


class Journal:
    """What changed, a line of pickles: each of them is what one request changed."""

    opened = None

    @classmethod
    def of(cls, settings):
        cls.opened = cls.opened or cls(settings['storage_url'])
        return cls.opened

    def __init__(self, path):
        self.changes = []
        self.kept = collections.defaultdict(dict)
        if os.path.exists(path):
            self.read(path)
        # What was overwritten or deleted goes
        with open(f'{path}.new', 'wb') as file:
            pickle.dump([(place, key, [value]) for place, values in self.kept.items() for key, value in values.items()], file)
        os.replace(f'{path}.new', path)
        self.file = open(path, 'ab')

    def read(self, path):
        with open(path, 'rb') as file:
            while True:
                try:
                    changes = pickle.load(file)
                except (EOFError, pickle.UnpicklingError):
                    return  # the end, or what was being written when the process was killed
                for place, key, value in changes:
                    if value:
                        [self.kept[place][key]] = value
                    else:
                        self.kept[place].pop(key, None)

    def write(self):
        if self.changes:
            changes, self.changes = self.changes, []
            self.file.write(pickle.dumps(changes))
            self.file.flush()


class Table(dict):
    """A dictionary that notes in the journal what changes. Its values must not be changed in place, or be set again then."""

    def __init__(self, journal, *place):
        super().__init__(journal.kept[place])
        self.journal = journal
        self.place = place

    def __setitem__(self, key, value):
        super().__setitem__(key, value)
        self.journal.changes.append((self.place, key, [value]))

    def __delitem__(self, key):
        super().__delitem__(key)
        self.journal.changes.append((self.place, key, []))

    def pop(self, key, *default):
        if key in self:
            self.journal.changes.append((self.place, key, []))
        return super().pop(key, *default)


class Tables(dict):
    """Tables by the name of their place, so many levels deep."""

    def __init__(self, journal, levels, *place):
        self.make = (lambda key: Table(journal, *place, key)) if levels == 1 else (lambda key: Tables(journal, levels - 1, *place, key))
        for kept in [kept for kept in journal.kept if kept[:len(place)] == place]:
            self[kept[len(place)]]

    def __missing__(self, key):
        self[key] = self.make(key)
        return self[key]
