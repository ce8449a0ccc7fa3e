"""What every plugin promises: manifest, rooms, keys, migrations, imports, rights, words, screens."""

from core.testing.contract import *
