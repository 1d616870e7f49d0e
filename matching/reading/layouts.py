"""The headings and labels by which vacancies and CVs name their parts, in plain words; for the readers alone."""

import re

from matching.reading.passages import Layout


def _patterns(words: dict[str, str]) -> dict[str, re.Pattern[str]]:
    return {name: re.compile(pattern) for name, pattern in words.items()}


VACANCY_LAYOUT = Layout(
    headings=_patterns(
        {
            "tasks": r"(?:\w+ )?(?:taken|werkzaamheden|kerntaken|hoofdtaken|functie inhoud|functieinhoud"
            r"|taken en verantwoordelijkheden|verantwoordelijkheden)(?: als .*)?"
            r"|(?:je|jouw|de|uw|onze)? ?(?:taken|functie|werk|baan|rol|werkdag"
            r"|werkzaamheden)(?: als .*)?|wat (?:ga|doe|je doet|zijn|houdt|ga je|je gaat"
            r"|jij).*(?:doe|taken|in|n|gaat|dag)|wat je (?:gaat )?do(?:et|en)"
            r"|wat doe je(?: .*)?|dit (?:doe|ga) je(?: .*)?|zo ziet .* (?:dag|werk) eruit"
            r"|what you will do|what you ll do|your tasks|tasks|the job|responsibilities|het werk"
            r"|functie|dit is je werk"
            r"|(?:je|jouw) (?:werk|taken) als .*",
            "demands": r"(?:functie ?)?(?:eisen|vereisten)|functie eisen|wat (?:vragen|verwachten|moet|breng"
            r"|neem|heb|wij vragen|we vragen).*|wat je meebrengt|wij (?:vragen|verwachten|zoeken)"
            r"|wensen|eisen|profiel|(?:jouw|je|het) profiel"
            r"|dit (?:breng|ben|heb|vragen) .*|wie (?:ben|zoeken).*|jij(?: hebt| bent)?"
            r"|wanneer ben jij.*|what we ask|requirements|who you are|your profile"
            r"|wat vragen wij.*|gevraagd|dit vragen wij",
            "offer": (
                r"wat (?:bieden|krijg|wij bieden|we bieden|je krijgt|kun je van ons).*|wat je krijgt"
                r"|wij bieden|(?:ons )?aanbod|dit (?:krijg|bieden).*|what we offer|we offer"
                r"|arbeidsvoorwaarden|voorwaarden|aanstelling|dat bieden wij|wij bieden jou"
            ),
            "times": r"werktijden|(?:jouw |je )?rooster|wanneer(?: werk je)?|uren en werktijden|werkdagen",
            "place": r"(?:waar|locatie|standplaats|werkplek|werklocatie)(?: werk je| ga je werken)?",
            "company": (
                r"wie (?:zijn|is) .*|over .*|about us|about .*|(?:de |onze |het )?(?:organisatie"
                r"|bedrijf|werkgever|bedrijfsprofiel|opdrachtgever)|plaats in de organisatie|waarom .*"
                r"|wat doen wij|dit zijn wij|ons verhaal|onze afdeling|de afdeling"
            ),
            "procedure": (
                r"(?:sollicitatie)?procedure|sollicit.*|zo werkt het|interesse.*|geinteresseerd.*"
                r"|reageren|meer (?:weten|informatie).*|(?:neem )?contact.*|hoe (?:solliciteer"
                r"|reageer).*|apply.*|enthousiast.*|how to apply|acquisitie"
            ),
            "lead": (
                r"\b(?:draagt zorg voor|niet aan toe|extra handen voor|hulp (?:bij|voor|met)"
                r"|taken zijn|werkzaamheden zijn|bestaan uit|je gaat|helpen? (?:met|bij)|wat er ligt)\b"
            ),
        }
    ),
    labels=_patterns(
        {
            "title": (
                r"functie(?:titel|naam|omschrijving)?|vacature(?:titel)?|titel|beroep|job title"
                r"|position|functiebenaming|gevraagde functie"
            ),
            "tasks": r"(?:hoofd|kern)?taken|werkzaamheden|taakomschrijving|tasks|taken en werkzaamheden",
            "hours": (
                r"(?:aantal )?uren(?: per week)?|omvang|dienstverband uren|werkuren|hours|arbeidsduur"
                r"|contracturen|uren p w|urenomvang"
            ),
            "days": r"werkdagen|dagen|werktijden|tijden|rooster|diensten|working days|ploegen",
            "place": (
                r"(?:stand|werk|woon)?plaats|(?:werk)?locatie|werkplek|filiaal|vestiging|adres|waar"
                r"|location|plaats van tewerkstelling|werkadres"
            ),
            "licences": r"rijbewijs|rijbewijzen",
            "languages": r"taal|talen|taalniveau|taaleis|language",
            "education": r"opleiding(?:sniveau)?|niveau|vooropleiding|werk en denkniveau",
            "certificates": r"certificaten|certificaat|diploma s",
            "contract": r"(?:type |soort )?contract(?:vorm|duur)?|dienstverband|duur|aanstelling|looptijd",
            "positions": r"aantal(?: plaatsen| plekken| vacatures| posities)?",
            "start": r"ingangsdatum|start(?:datum)?|per|datum ingang|aanvang",
            "wage": r"(?:uur)?loon|salaris(?:indicatie)?|uurloon|bruto uurloon|salary",
            "demands": r"fysiek(?:e)?(?: belasting| eisen)?|belasting|belastbaarheid|fysieke eisen",
            "offer": r"begeleiding|ondersteuning|voorzieningen",
            "group": r"doelgroep(?:en)?|telt mee voor",
            "company": r"bedrijf|werkgever|organisatie|opdrachtgever|afdeling|bedrijfsnaam|van",
            "contact": r"contact(?:persoon|gegevens)?|reageren(?: via)?|inlichtingen|telefoon|e mail",
            "skills": r"eisen|wensen|functie eisen|vaardigheden|ervaring|competenties|werkervaring",
            "transport": r"vervoer|bereikbaarheid",
        }
    ),
)

CANDIDATE_LAYOUT = Layout(
    headings=_patterns(
        {
            "work": (
                r"(?:werk ?erv\w+|ervaring(?:en)?|arbeidsverleden|loopbaan|(?:work )?experience"
                r"|employment(?: history)?|stages?|vrijwilligerswerk|werk|relevante ervaring"
                r"|periode functie werkgever)"
            ),
            "education": r"opleiding(?:en)?|scholing|school|education|opleidingen en cursussen|diploma s",
            "languages": r"talen(?:kennis)?|languages|taal",
            "certificates": r"cursussen|certificaten|certificates|courses|trainingen|cursussen en certificaten",
            "skills": (
                r"vaardigheden|competenties|wat ik kan|ik kan|skills|kwaliteiten|eigenschappen|kan"
                r"|computervaardigheden"
            ),
            "hobby": r"hobby ?s?|interesses|vrije tijd|hobbies|interests",
            "personal": r"persoonlijke gegevens|personalia|personal details|contact(?:gegevens)?|gegevens",
            "wishes": r"wensen|ik zoek|gewenst werk|gewenste functie|wat ik zoek|wat ik wil|werkwensen",
            "references": r"referenties|references",
        }
    ),
    labels=_patterns(
        {
            "place": (
                r"(?:woon)?plaats|postcode(?: en woonplaats)?|adres|city|address|woonplaats"
                r"|woont(?: in)?|residence"
            ),
            "licences": r"rijbewij[sz](?:en)?|driving licen[cs]e",
            "transport": r"vervoer|reist|travel|eigen vervoer|reizen",
            "hours": (
                r"(?:aantal )?uren(?: per week)?|hours|beschikbaar|beschikbaarheid|availability"
                r"|available|gewenste uren|uren p w"
            ),
            "days": r"dagen|werkdagen|beschikbare dagen",
            "education": r"(?:hoogst genoten |hoogste )?opleiding(?:en|sniveau)?|school|education|diploma",
            "languages": r"taal|talen|languages|taalniveau",
            "certificates": r"certificaten|cursussen|courses|certificates",
            "work": (
                r"functie|(?:werk)?ervaring|eerder|work experience|experience|werkervaaring|stages"
                r"|stage|werkverleden"
            ),
            "wishes": r"wens(?:en)?|werkwens(?:en)?|zoekt|gewenst werk|ik zoek|gewenste functie|zoekrichting",
            "not_wishes": r"uitgesloten(?: werk)?|niet gewenst|wil niet|geen",
            "skills": r"vaardigheden|kan|kwaliteiten|skills|competenties|ik kan",
            "support": r"nodig|ondersteuning|begeleiding|voorwaarden",
            "remark": r"bijzonderheden|opmerkingen|overig(?:e)?",
        }
    ),
)
