"""Rules of YAML itself, found by `tierctl.config.parsing` before anything has a meaning."""

from __future__ import annotations

from tierctl.config.rules.rule import Example, Rule

_SPEC = "https://yaml.org/spec/1.2.2/"
_TIER = "tiers/example.yaml"


def _tier(bad: str, good: str) -> Example:
    """A tier that extends the smallest, broken and mended."""
    return Example(_TIER, f"extends: minimum\n{bad}\n", f"extends: minimum\n{good}\n")


RULES = (
    Rule(
        "yaml-empty",
        "the file is empty",
        "An empty file says nothing, and most often somebody forgot to save it.",
        "Write the file, or remove it.",
        _SPEC,
        Example(_TIER, "# nothing yet\n", "extends: minimum\n"),
    ),
    Rule(
        "yaml-too-large",
        "the file is too large",
        "A configuration file is a few kilobytes; reading more would only hide a mistake.",
        "Name the right file.",
        _SPEC,
        Example(
            _TIER, b"# " + b"x" * 1_000_000, "extends: minimum\n", "(a file of 1,000,002 bytes)"
        ),
    ),
    Rule(
        "yaml-not-utf8",
        "the file is not UTF-8 text",
        "A file in another encoding would be read as other words than were written.",
        "Save the file as UTF-8.",
        _SPEC + "#52-character-encodings",
        Example(
            _TIER,
            b"extends: minimum\ntitle: Caf\xe9\n",
            "extends: minimum\ntitle: Café\n",
            "title: Caf\\xe9   (Latin-1)",
        ),
    ),
    Rule(
        "yaml-tab",
        "a tab is used as indentation",
        "YAML allows only spaces before a key.",
        "Replace the tab by spaces.",
        _SPEC + "#61-indentation-spaces",
        _tier("families:\n\tcache: {}", "families:\n  cache: {}"),
    ),
    Rule(
        "yaml-syntax",
        "the file is not valid YAML",
        "Nothing after this place can be read.",
        "Mend the syntax at the place or just before it.",
        _SPEC,
        _tier("title: [Small", "title: Small"),
    ),
    Rule(
        "yaml-expands-too-far",
        "the file expands to too much",
        "Aliases that name aliases grow without end and would take all memory.",
        "Write the values out, or share them between tiers with 'extends'.",
        _SPEC + "#71-alias-nodes",
        _tier(
            "aliases:\n  - &a [x, x, x, x, x, x, x, x, x, x]\n"
            + "".join(
                f"  - &{'bcdef'[i]} [{', '.join(['*' + 'abcde'[i]] * 10)}]\n" for i in range(5)
            ),
            "aliases: [x]",
        ),
    ),
    Rule(
        "yaml-key",
        "a key is not a plain word",
        "Keys name things; a list or an empty text names nothing.",
        "Use a plain word as key.",
        _SPEC,
        _tier("? [a, b]\n: c", "title: c"),
    ),
    Rule(
        "yaml-merge-key",
        "merge keys are not supported",
        "'<<' copies values in a way that hides where they come from.",
        "Use 'extends', or write the values out.",
        "https://yaml.org/type/merge.html",
        _tier("families:\n  <<: {cache: {}}", "families: {cache: {}}"),
    ),
    Rule(
        "yaml-duplicate-key",
        "a key is written twice",
        "YAML readers keep the last and drop the first in silence.",
        "Keep one of the two.",
        _SPEC + "#3213-node-comparison",
        _tier("title: One\ntitle: Two", "title: One"),
    ),
    Rule(
        "yaml-tag",
        "a YAML tag is used",
        "Tags such as !Ref belong to other programs and have no meaning here.",
        "Write a plain value.",
        _SPEC + "#3212-tags",
        _tier("title: !upper small", "title: small"),
    ),
)
