from kinto.core.permission import memory

from kept import Journal, Table


class Permission(memory.Permission):
    def __init__(self, journal):
        self.journal = journal
        super().__init__()

    def flush(self):
        self._store = Table(self.journal, 'permissions')


def load_from_config(config):
    return Permission(Journal.of(config.get_settings()))
