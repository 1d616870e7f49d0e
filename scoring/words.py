"""Closed lists of Dutch job words: heads, abbreviations, female forms; `text` and `resolve` alone use it.

All words are folded (lower case, no diacritics). Adding a word here needs a pair of titles in the tests that it mends.
"""


def _listed(text: str) -> frozenset[str]:
    return frozenset(text.split())


ABBREVIATIONS: dict[str, str] = {
    "mdw": "medewerker",
    "medew": "medewerker",
    "medewerk": "medewerker",
    "mw": "medewerker",
    "mdwr": "medewerker",
    "mdwkr": "medewerker",
    "adm": "administratief",
    "admin": "administratie",
    "ass": "assistent",
    "asst": "assistent",
    "alg": "algemeen",
    "log": "logistiek",
    "mag": "magazijn",
    "tech": "technisch",
    "secr": "secretarieel",
    "prod": "productie",
    "hh": "huishouding",
    "chauff": "chauffeur",
    "hr": "personeel",
    "hrm": "personeel",
    "it": "ict",
    "allround": "algemeen",
}
"""What is short for one word in a title. "mw." is medewerker here, never mevrouw."""

FEMALE_FORMS: dict[str, str] = {
    "gastvrouw": "gastheer",
    "gastdame": "gastheer",
    "hostess": "gastheer",
    "host": "gastheer",
    "huisvrouw": "huisvrouw",
    "vroedvrouw": "vroedvrouw",
    "buurvrouw": "buurvrouw",
    "lerares": "leraar",
    "onderwijzeres": "onderwijzer",
    "kokkin": "kok",
    "boerin": "boer",
    "herderin": "herder",
    "cheffin": "chef",
    "caissiere": "caissier",
    "cassiere": "caissier",
    "zuster": "verpleger",
}
"""Female or double forms that no rule gives, and words that only look female."""

NOT_FEMALE: tuple[str, ...] = (
    "meester",
    "meister",
    "minister",
    "venster",
    "rooster",
    "klooster",
    "register",
    "master",
    "oester",
    "polyester",
    "pleister",
    "luister",
    "monster",
    "semester",
    "poster",
    "zuster",
    "hamster",
    "toaster",
    "duister",
    "ziekster",
    "barrister",
    "gangster",
    "orkester",
)
"""Endings of words in -ster that are no female form."""

ANY_WORK_HEADS: frozenset[str] = _listed(
    "medewerker hulp assistent kracht functionaris juffrouw dame werker arbeider ondersteuner"
)
"""Heads that say nothing of which work it is."""

ANY_WORK: frozenset[str] = ANY_WORK_HEADS | _listed(
    "collega vrijwilliger leerling stagiair aankomend junior senior algemeen ervaren eerste tweede startend begin "
    "zzp freelance oproep flex ondersteunend ondersteuning team groep zelfstandig intern extern"
)
"""These heads, and additions to a title that say no more."""

HEADS: frozenset[str] = ANY_WORK_HEADS | _listed(
    "chauffeur monteur beheerder begeleider verzorger maker hersteller reparateur bezorger bediende bediener "
    "operator chef leider manager coordinator planner beambte bode wachter wacht meester man heer kok adviseur "
    "specialist deskundige beveiliger bewaker vuller picker rijder bestuurder helper machinist "
    "technicus technieker bewerker verwerker redacteur vervoerder controleur inspecteur "
    "coach trainer leraar docent arts verpleger consulent ontwerper ontwikkelaar analist ingenieur bouwer legger "
    "lasser snijder voorman opzichter telefonist secretaresse gastheer administrateur boekhouder schilder timmerman "
    "metselaar zetter steller knecht matroos loper ruimer"
)
"""Last parts of titles: they say what kind of work, while the part before says which."""

VAGUE_WORDS: frozenset[str] = _listed(
    "werk werken werkzaamheden doen maken gebruiken gaan goed zijn hebben kunnen omgaan bezig klein groot nieuw "
    "houden zorgen helpen geven nemen zetten dienst afdeling bedrijf sector taak functie gewoon eenvoudig "
    "licht zwaar diverse ander eigen dagelijks uitvoeren verrichten kijken zien weten willen komen staan"
)
"""Words of task texts and titles that carry little."""

STOP_WORDS: frozenset[str] = _listed(
    "de het een en of van voor in op aan bij met te tot om uit door naar over per als den der ten ter die dat "
    "deze dit je zich is er ook niet wel m v x d e n s t o a i u the of and y"
)
"""Words without meaning of their own in a title."""

SHORT_PARTS: frozenset[str] = _listed(
    "kok bar kas bus vak was hef hal tuin bos bad zee ict hr dak cv lab bed koe kip vis zaal wc man pak pc ijs thee "
    "glas weg web zorg bode"
)
"""Parts of fewer than four letters (and some of four) that may stand in a compound."""

WHOLE_WORDS: frozenset[str] = _listed(
    "schoonmaak schoonmaken schoonmaker onderwijs onderhoud kantoor magazijn huishouden huishouding gehandicapten "
    "overheid woonzorg voorraad opbergen"
)
"""Words that are never split, though their letters would allow it."""
