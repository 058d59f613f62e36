"""CloudFormation templates, ours and anybody's, to an Inventory.

In: bytes, parameter values, a region. Out: an Inventory in which what could not be resolved is
Unknown with its reason, or diagnostics with a place. May not: reach AWS, run a transform, look at
Metadata for anything a template itself says, or raise anything else for any bytes.
"""
