"""tierctl: one application's AWS infrastructure at three sizes, priced first, upgraded in place."""

__version__ = "0.1.0"
