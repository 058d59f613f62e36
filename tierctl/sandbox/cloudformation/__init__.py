"""CloudFormation as the sandbox plays it.

`template` reads a template, `intrinsics` evaluates it, `diff` says which property change replaces
a resource, `changesets` answers what would happen, `engine` makes it happen through `provision`,
which calls the service APIs as the rows in `tierctl/sandbox/types` say. `api` is the query API.
"""
