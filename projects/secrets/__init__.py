"""Values that lie sealed in the database; their keys lie apart from it.

AES-256-GCM, bound to row, field and revision (quality.md Q-27, Q-29). Everybody may
seal; who unseals is named in the import contracts.
"""

from projects.secrets.envelope import Lost, Place
from projects.secrets.field import SealedField, place_of
from projects.secrets.keyring import NoKeys
from projects.secrets.sealing import can_open, seal

__all__ = ["Lost", "NoKeys", "Place", "SealedField", "can_open", "place_of", "seal"]
