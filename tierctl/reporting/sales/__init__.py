"""The report for sales: figures to blocks, blocks to a page, a PDF, a spreadsheet, text.

`terms` is what the seller adds (currency, margin, customer), `sections` turns figures into blocks,
and each other module writes one form. Nothing here reads a file or the clock.
"""
