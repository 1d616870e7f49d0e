"""What the work asks of a body and a head, and what an employer offers with it, in running text."""

import re
from collections.abc import Iterator

from matching.exchange.answers import read_capacity
from matching.exchange.words import DEGREES, SUPPORT_NEEDS, TARGET_GROUPS, plain
from matching.reading.draft import Found
from matching.reading.lexicon import Asked, Scanner, asked
from matching.reading.passages import clauses
from scoring.terms import Capacity, SupportNeed, TargetGroup

_USUAL = 3
"""The level of a demand that is named without a degree: "staand werk", "er is lawaai"."""
_DEMANDS: tuple[tuple[Capacity, str], ...] = (
    (
        Capacity.STANDING,
        (
            r"\bstaand(?:e)? werk|\b(?:lang|lange tijd|veel|goed|de hele dag"
            r"|hele dag)\s+(?:kunnen\s+)?(?:en lopen\s+)?staan\b|\bstaan\s*\(|\bje staat (?:de hele dag"
            r"|veel|lang)|\blang staan|\bgoed kunnen staan|\blang kunnen staan|\bkunnen staan\b"
            r"|\bstanding (?:work|all day)"
        ),
    ),
    (
        Capacity.WALKING,
        (
            r"\bveel lopen|\blang (?:staan en )?lopen|\b(?:staan en|deel van de dag|hele dag) lopen"
            r"|\bloopwerk|\blopen(?=,| en een)|\bkunnen lopen|\bwalk a lot"
        ),
    ),
    (Capacity.SITTING, r"\bzittend(?:e)? werk|\bveel zitten|\blang zitten"),
    (Capacity.BENDING_KNEELING_CLIMBING, r"\b(?:bukken|knielen|hurken|traplopen|trappen lopen|ladder klimmen)\b"),
    (Capacity.REACHING, r"\b(?:reiken|boven je hoofd|bovenhands|boven schouderhoogte)\b"),
    (Capacity.FINE_HAND_WORK, r"\bfijn(?:e)? (?:motorisch|handwerk|motoriek)\w*|\bpriegelwerk"),
    (Capacity.SIGHT, r"\bgoed (?:kunnen )?zien\b|\bgoede ogen"),
    (Capacity.HEARING, r"\bgoed (?:kunnen )?(?:zien en )?horen\b|\bgoed gehoor"),
    (
        Capacity.NOISE_STIMULI,
        r"\b(?:lawaai\w*|herrie|rumoerig\w*|prikkels|onrustig|drukke omgeving|veel geluid|noisy)\b",
    ),
    (
        Capacity.DUST_TEMPERATURE,
        (
            r"\b(?:stoffig|in de kou|koelcel|vriescel|in de koeling|(?:erg |heel )?warm(?= in de"
            r"|\b(?! welkom)))\b|\bhitte\b|\bweer en wind\b(?=.*kou)"
        ),
    ),
    (
        Capacity.PACE,
        (
            r"\b(?:hoog (?:werk)?tempo|hoge werkdruk|werktempo|eigen tempo|rustig tempo|tempo ligt hoog"
            r"|doorwerken|fast pace)\b"
        ),
    ),
    (
        Capacity.IRREGULAR_HOURS,
        (
            r"\b(?:ploegendienst\w*|ploegen|wissel(?:ende )?diensten|onregelmatige (?:tijden|diensten)"
            r"|vroege en late diensten|wekelijks wisselend|wisseldienst\w*)\b"
        ),
    ),
    (Capacity.EMOTIONAL_LOAD, r"\bemotione(?:el|le) (?:zwaar|belast\w+)"),
    (Capacity.READING_WRITING, r"\b(?:kunnen lezen en schrijven|goed (?:kunnen )?lezen|goed (?:kunnen )?schrijven)\b"),
)
_PATTERNS = [(capacity, re.compile(pattern, re.I)) for capacity, pattern in _DEMANDS]
_KILOS = re.compile(
    r"(?:(?:tot|max(?:imaal)?\.?|hooguit(?: een)?|ongeveer|circa|ca\.?|meer dan"
    r"|up to)\s+)?(?:een\s+)?(?:kilo of (?P<spoken>\d+)|(?P<n>\d+(?:[.,]\d+)?)\s*(?:kg"
    r"|kilo(?:gram)?)\b)",
    re.I,
)
_LIFTS = re.compile(r"\btil\w*|\bsjouw\w*|\bweegt\b|\bwegen\b|\bgewicht|\blift\b|\bdragen\b|\bzwaar\b|\bzware\b", re.I)
_DEGREE_WORDS = [words for words, level in DEGREES.items() if level and words not in {"goed", "hoog", "laag"}]
_DEGREE = re.compile(
    rf"\b(?:{'|'.join(sorted(map(re.escape, _DEGREE_WORDS), key=len, reverse=True))}|incidenteel|eigen|rustig)\b", re.I
)
_MORE_DEGREES = {"incidenteel": 1, "eigen": 1, "rustig": 1}
_LIKES_IT_NOT = re.compile(r"\bdan is dit (?:niets|geen)|\bniet voor jou\b")

_SUPPORT = Scanner(
    SUPPORT_NEEDS,
    without=(
        "structuur",
        "vervoer",
        "tolk",
        "rustmomenten",
        "hulpmiddelen",
        "taalles",
        "voordoen",
        "prikkelarm",
        "rustige omgeving",
        "vaste taken",
        "werkcoach",
        "transport",
        "interpreter",
    ),
    extra={
        "begeleider op de werkvloer": SupportNeed.FIXED_COLLEAGUE,
        "vaste collega": SupportNeed.FIXED_COLLEAGUE,
        "dezelfde begeleider": SupportNeed.FIXED_COLLEAGUE,
        "job coach": SupportNeed.JOB_COACH,
        "rustige plek": SupportNeed.QUIET_PLACE,
        "stille plek": SupportNeed.QUIET_PLACE,
        "worden voorgedaan": SupportNeed.SPOKEN_INSTRUCTIONS,
        "doen alles voor": SupportNeed.SPOKEN_INSTRUCTIONS,
        "flexibele begintijden": SupportNeed.FLEXIBLE_START_TIME,
        "werken met pictogrammen": SupportNeed.WRITTEN_INSTRUCTIONS,
        "aangepaste werkplekken": SupportNeed.ADAPTED_WORKPLACE,
        "extra begeleiding": SupportNeed.FIXED_COLLEAGUE,
    },
)
_GROUPS = Scanner(
    TARGET_GROUPS,
    without=(
        "register",
        "sw",
        "pw",
        "pro",
        "vso",
        "bbl",
        "bol",
        "oudere",
        "iva",
        "wao",
        "wga",
        "dgr",
        "beschut",
        "nug",
        "wia",
        "bijstand",
        "geen uitkering",
        "statushouder",
        "vergunninghouder",
        "ex gedetineerde",
        "ex justitiabele",
        "ex gedetineerd",
        "garantiebaan",
        "participatiewet",
        "50+",
        "55+",
        "50 plus",
        "55 plus",
        "bbl leerling",
        "bol leerling",
        "stagiair bol",
        "oudere werknemer",
        "ww kort",
        "kort ww",
    ),
    extra={
        "participatiewet": TargetGroup.PARTICIPATIEWET,
        "doelgroepregister": TargetGroup.BANENAFSPRAAK,
        "wajong": TargetGroup.WAJONG,
    },
)


def read_demands(text: str, start: int, end: int) -> Iterator[tuple[Capacity, Found]]:
    """Capacities that a sentence asks, each with its level 1 to 4; a weight is of lifting, as in `exchange.answers`."""
    if _LIKES_IT_NOT.search(text, start, end):
        return
    for one, last in clauses(text, start, end):
        words = text[one:last]
        denied = asked(words) is Asked.NO
        weight = _KILOS.search(text, one, last)
        if weight and _LIFTS.search(text, start, end) and not re.search(r"\bniet\b", words):
            level = read_capacity(f"{weight['n'] or weight['spoken']} kg", Capacity.LIFTING).value
            if level:
                yield Capacity.LIFTING, Found(level, weight.start(), weight.end(), 0.9)
        for capacity, pattern in _PATTERNS:
            match = pattern.search(text, one, last)
            if match is None or denied:
                continue
            degree = _DEGREE.search(text, max(one, match.start() - 24), min(last, match.end() + 14))
            level = _USUAL
            if degree:
                named = plain(degree[0])
                level = _MORE_DEGREES.get(named, DEGREES.get(named, _USUAL))
                if capacity is not Capacity.PACE and named in _MORE_DEGREES and named != "incidenteel":
                    level = _USUAL
            if re.search(r"een deel van de dag|gedeelte van de dag", words):
                level = 2
            yield capacity, Found(level, match.start(), match.end(), 0.75 if degree is None else 0.85)


def read_offers(text: str, start: int, end: int) -> Iterator[tuple[SupportNeed, Found]]:
    """Support that a sentence offers, or (of a candidate) that she needs."""
    for one, last in clauses(text, start, end):
        if re.search(r"\b(?:geen|zonder|niet)\b", text[one:last]):
            continue
        for named in _SUPPORT.find(text, one, last):
            yield named.term, Found(named.term.value, named.start, named.end, 0.85)


def read_groups(text: str, start: int, end: int) -> Iterator[Found]:
    """Target groups that a vacancy is meant for; those that reveal origin or a sentence are not read."""
    if re.search(r"\b(?:geen|niet)\b", text[start:end]):
        return
    for named in _GROUPS.find(text, start, end):
        yield Found(named.term.value, named.start, named.end, 0.85)


def read_access(text: str, start: int, end: int) -> Iterator[tuple[str, Found]]:
    """Whether the building can be entered with a wheelchair and has a lift or an adapted toilet."""
    for one, last in clauses(text, start, end):
        words = text[one:last]
        denied = re.search(r"\b(?:geen|niet|zonder|no|not)\b", words) is not None
        for need, pattern in (
            (
                "wheelchair",
                (
                    r"\brolstoel\w*(?=.*toegankelijk)|\btoegankelijk met een rolstoel"
                    r"|\brolstoeltoegankelijk\w*|\bwheelchair accessible"
                ),
            ),
            ("lift", r"\b(?:is|heeft|met|geen|een|there is (?:a|no)) lift\b(?!\w)"),
            ("toilet", r"\b(?:aangepast|invaliden|rolstoel)\s?toilet\b"),
        ):
            if match := re.search(pattern, words, re.I):
                yield need, Found(not denied, one + match.start(), one + match.end(), 0.85)
