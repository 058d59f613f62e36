"""Upgrades as sequences of in-place updates, found by search.

In: two Environments and what is known of the live account. Out: a Plan, finished before anything
acts. Knows the catalogue and the costs; never calls AWS, never synthesises.
"""
