"""Cost: Shapes to quantities, quantities and prices to an Estimate.

In: Environments or Inventories, usage profiles, price books. Out: `Estimate`s and comparisons.
May not: read files of the project, know a tier by name, bend a figure, or take unknown for zero.
"""
