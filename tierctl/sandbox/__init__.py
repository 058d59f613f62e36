"""The embedded AWS: a server on the loopback for `make demo`, the tests and the upgrade proofs.

In: AWS API requests of boto3, the AWS CLI and the cdk CLI. Out: their answers. moto plays the
services; in front of it stand our own CloudFormation engine (`cloudformation`) and overlays for
what moto lacks or gets wrong (`overlays`).

This package may not know what it is used to prove: its rules come from AWS's documentation and
schemas, never from the planner, and it imports neither `tierctl.config` nor anything above it.
"""
