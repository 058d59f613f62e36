"""The vocabulary everything else speaks: Shapes, Environment, diagnostics, classes of resource.

Standard library only. Nothing here reads a file, calls AWS or knows a price.
"""
