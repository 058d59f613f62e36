"""The CloudFormation stack: Shapes in, constructs out. The only code that imports the CDK.

May import `tierctl.model`; may not know a tier's name or branch on one.
"""
