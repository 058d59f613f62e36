"""Files to Environments: tiers, clients and records are read, checked and resolved here.

In: YAML files of a project. Out: TierSpec, ClientSpec, Record and one Environment, or every
diagnostic at once. May not price, plan, synthesise or call AWS.
"""
