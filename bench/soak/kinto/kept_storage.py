from kinto.core.storage import memory

from kept import Journal, Tables


class Storage(memory.Storage):
    def __init__(self, journal, **options):
        self.journal = journal
        super().__init__(**options)

    def flush(self):
        self._store = Tables(self.journal, 2, 'objects')
        self._cemetery = Tables(self.journal, 2, 'deleted')
        self._timestamps = Tables(self.journal, 1, 'timestamps')


def load_from_config(config):
    return Storage(Journal.of(config.get_settings()))
