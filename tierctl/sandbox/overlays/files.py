"""Stub."""
def handlers(context):
    return {}
