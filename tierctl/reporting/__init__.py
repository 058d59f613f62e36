"""Results to documents, and documents to text, Markdown, HTML and SARIF.

Every human view is made from the versioned document that `--format json` prints, so the two
cannot disagree. May not read a file of a project, decide anything or reach AWS.
"""
