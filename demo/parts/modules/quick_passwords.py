# A plugin of Kinto, for sham accounts: nobody has to be kept from guessing their passwords.
# Kinto hashes each one with the cost that bcrypt has by default, 12: that is 0.3 s of a core, once
# to keep it and once to check it. 4 is the least that bcrypt takes: 1 ms.
from functools import partial

import bcrypt


def includeme(config):
    bcrypt.gensalt = partial(bcrypt.gensalt, rounds=4)
