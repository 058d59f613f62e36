"""Rules of keys and plain values, found by `tierctl.config.decode` from the declarations."""

from __future__ import annotations

from tierctl.config.rules.rule import Example, Rule

_HERE = "tierctl/model/shapes: each field's declaration"
_TIER = "tiers/example.yaml"


def _tier(bad: str, good: str) -> Example:
    """A tier that extends the smallest, with one family changed."""
    return Example(
        _TIER,
        f"extends: minimum\nfamilies:\n  {bad}\n",
        f"extends: minimum\nfamilies:\n  {good}\n",
    )


RULES = (
    Rule(
        "unknown-key",
        "a key is not known here",
        "A misspelt key would otherwise be dropped in silence and the default stand.",
        "Correct or remove the key.",
        _HERE,
        _tier("cache: {node_typ: cache.t4g.small}", "cache: {node_type: cache.t4g.small}"),
    ),
    Rule(
        "missing-key",
        "a key is missing",
        "The value has no safe default.",
        "Add the key, or take it over from another tier with 'extends'.",
        _HERE,
        Example(
            "clients/example.yaml",
            "tier: minimum\nregion: eu-west-1\n",
            "tier: minimum\nregion: eu-west-1\napplication:\n  cache_client: cluster\n"
            "  services:\n    web:\n      image: public.ecr.aws/nginx/nginx:1.29\n"
            "      port: 80\n      health_check_path: /\n",
        ),
    ),
    Rule(
        "wrong-type",
        "a value has the wrong type",
        "A list where a number is wanted has no meaning that could be guessed.",
        "Write a value of the type the message names.",
        _HERE,
        _tier("cache: {shards: many}", "cache: {shards: 1}"),
    ),
    Rule(
        "value-not-allowed",
        "a value is not allowed here",
        "AWS refuses it, most often only after minutes of deployment.",
        "Use a value that is allowed.",
        _HERE,
        _tier("database: {min_acu: 0.7}", "database: {min_acu: 0.5}"),
    ),
    Rule(
        "unquoted-text",
        "a text is written as a number",
        "YAML reads 7.10 as 7.1, which is another version.",
        "Write it in quotes.",
        "https://yaml.org/spec/1.2.2/#103-core-schema",
        _tier("cache: {engine_version: 8.1}", 'cache: {engine_version: "8.1"}'),
    ),
)
