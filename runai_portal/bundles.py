"""Static files: own style sheets and scripts are joined, then hashed and compressed."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class BundledStorage(CompressedManifestStaticFilesStorage):
    """The manifest storage of whitenoise, strict about what is missing."""

    manifest_strict = True
