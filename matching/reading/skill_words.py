"""Whether words in a text name a skill, and how a draft names that skill; for the readers alone."""

from matching.exchange.words import plain
from matching.vocabulary import Vocabulary
from scoring.resolve import ResolvedSkill

LEAST_SKILL = 0.62
"""From this confidence of the skill matcher on, words are taken for a skill."""
_SURE_SKILL = 0.8


def says_it(quote: str, found: ResolvedSkill, vocabulary: Vocabulary) -> bool:
    """Whether the words that led to a skill name it; a lone word does where a word of the label begins alike."""
    if " " in quote.strip() or found.confidence >= _SURE_SKILL or quote[:1].isupper():
        return True
    stems = [word[:4] for word in plain(skill_label(vocabulary, found.skill)).split() if len(word) >= 4]
    return plain(quote)[:4] in stems


def skill_label(vocabulary: Vocabulary, skill: int) -> str:
    """The first label of a skill, which reads back as that skill."""
    taxonomy = vocabulary.taxonomy
    position = int((taxonomy.skill_label_skill == skill).argmax())
    return str(taxonomy.skill_label_texts[position])
