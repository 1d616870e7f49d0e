"""Which field a column is: Dutch names in their many variants, and the English names of the profiles.

Called by `importing` and `tabular` (which row is the header?) and by `exporting` (what is a column called?). A header
is matched in this order, and what matches nothing is reported as unread, never guessed:

1. the exact name after `plain` (lower case, no accents or punctuation), with and without what stands in brackets:
   the Dutch names below (the first of each is the one that an export writes) and the English path of the field
   ("hours.min", "travel.maxMinutes", "availableFrom");
2. the same without a number at its end, for fields that hold a list ("Wens beroep 2");
3. a typing error: rapidfuzz ratio of at least 90 in names of seven letters and more, where no second field is near;
4. words that betray what may not be stored wherever they stand ("naam", "telefoon", "opmerking", "diagnose").
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from matching.exchange.words import CAPACITIES, plain
from scoring.terms import Capacity

IDENTITY, REMARKS, SENSITIVE, PROTECTED, BSN = "#identity", "#remarks", "#sensitive", "#protected", "#bsn"
_FUZZY, _FUZZY_MARGIN, _FUZZY_LENGTH = 90.0, 4.0, 7

_NOT_STORED = {
    IDENTITY: "Naam|Voornaam|Voornamen|Roepnaam|Achternaam|Tussenvoegsel|Voorletters|Initialen"
    "|Volledige naam|Cliëntnaam"
    "|E-mail|E-mailadres|Mail|Telefoon|Telefoonnummer|Tel|Mobiel|Mobiel nummer|Adres|Straat|Straatnaam"
    "|Huisnummer|Huisnr"
    "|Toevoeging|Woonplaats|Geboortedatum|Geb datum|Geboren op|Name|First name|Last name|Email|Phone"
    "|Address|Date of birth|LinkedIn",
    REMARKS: "Opmerkingen|Opmerking|Notities|Notitie|Bijzonderheden|Toelichting|Aantekeningen|Remarks"
    "|Notes|Memo|Overig"
    "|Vrije tekst|Rapportage|Comments",
    SENSITIVE: "Diagnose|Diagnosis|Beperking|Beperkingen|Aandoening|Medicatie|Medicijnen|Gezondheid"
    "|Ziektebeeld|Handicap"
    "|Schulden|Detentie|Justitieel verleden|Verslaving|Strafblad",
    PROTECTED: "Geslacht|Leeftijd|M/V|Nationaliteit|Geboorteland|Geboorteplaats|Land van herkomst|Herkomst"
    "|Burgerlijke staat"
    "|Religie|Geloof|Sex|Gender|Age|Nationality|Etniciteit|Verblijfsstatus",
    BSN: "BSN|Burgerservicenummer|Sofinummer|Sofi nummer|BSN nummer|Citizen service number",
}  # fmt: skip
_BETRAYING = {
    IDENTITY: r"naam|mail|telefoon|mobiel|\badres|geboortedatum|geboren",
    REMARKS: r"opmerking|notitie|bijzonderhe|toelichting|aantekening|rapportage",
    SENSITIVE: r"diagnos|beperking|aandoening|medicatie|medicijn|ziekte|verslaving|detentie|justitie",
    BSN: r"\bbsn\b|burgerservice|sofinummer",
}
_WEEKDAY_NAMES = {
    "monday": "Maandag|Ma", "tuesday": "Dinsdag|Di", "wednesday": "Woensdag|Wo", "thursday": "Donderdag|Do",
    "friday": "Vrijdag|Vr", "saturday": "Zaterdag|Za", "sunday": "Zondag|Zo",
}  # fmt: skip
_TAKEN_ELSEWHERE = {"lezen", "schrijven", "klanten", "zelfstandig", "dragen", "drukte", "geluid", "stof", "temperatuur"}


def _capacity_names(prefix: str) -> dict[str, str]:
    names: dict[Capacity, list[str]] = {}
    for words, capacity in CAPACITIES.items():
        if words not in _TAKEN_ELSEWHERE:
            names.setdefault(capacity, []).append(words)
    return {f"{prefix}.{c.value}": "|".join((words[0].capitalize(), *words[1:])) for c, words in names.items()}


CANDIDATE = {
    "source": "Bron|Bronsysteem|Aangeleverd door",
    "source_id": "Klantnummer|Klantnr|Klant nr|Cliëntnummer|Cliëntnr|Cliënt nr|Kandidaatnummer|Kandidaatnr"
    "|Kandidaat nr"
    "|Deelnemernummer|Dossiernummer|Dossiernr|Registratienummer|Personeelsnummer|Volgnummer|Nummer|Nr|ID"
    "|Klant ID|Client ID"
    "|Kandidaat ID|Referentie|Kenmerk|Relatienummer|Uniek nummer",
    "region": "Arbeidsmarktregio|Regio|Regiocode|AMR|WSP regio|WSP",
    "postcode": "Postcode|PC|PC4|PC6|PC 4|PC 6|Postcode 4|Postcode cijfers|Postc|Postcode woonplaats"
    "|Postcode kandidaat"
    "|Postcode wonen|Zip|Zip code|Postal code",
    "agreed_to_matching": "Akkoord|Akkoord matching|Akkoord met matching|Toestemming|Toestemming matching"
    "|Akkoord delen gegevens"
    "|Toestemming gegevens delen|AVG akkoord|AVG toestemming",
    "available_from": "Beschikbaar per|Beschikbaar vanaf|Beschikbaarheid per|Beschikbaar"
    "|Beschikbaar m.i.v.|Inzetbaar per"
    "|Inzetbaar vanaf|Startdatum|Kan starten per|Kan beginnen|Per wanneer|Datum beschikbaar|Ingangsdatum",
    "pause.since": "Pauze sinds|Gepauzeerd sinds|Pauze vanaf",
    "pause.resumes_on": "Pauze tot|Hervat op|Pauze t/m",
    "target_groups": "Doelgroep|Doelgroepen|Doelgroep(en)|Regeling|Regelingen|Indicatie|Indicaties"
    "|Wet|Wettelijk kader",
    "target_groups.benefit": "Uitkering|Uitkeringssoort|Soort uitkering",
    "wishes.work": "Wens beroep|Wensberoep|Gewenst beroep|Gewenst werk|Beroepswens|Beroepswensen"
    "|Functiewens|Gewenste functie"
    "|Gewenste functies|Gewenste beroepen|Zoekt|Zoekt werk als|Zoekberoep|Zoekt functie|Voorkeur functie"
    "|Voorkeur beroep"
    "|Wens functie|Wens werk|Wens|Wensen|Zoekprofiel",
    "wishes.not_work": "Niet gewenst werk|Wil niet|Wil niet doen|Niet gewenst|Niet gewenst beroep"
    "|Geen wens|Afkeur|Liever niet",
    "wishes.sectors": "Gewenste sector|Sector|Sectoren|Gewenste sectoren|Branche|Gewenste branche"
    "|Voorkeur sector|Wens sector"
    "|Branchewens",
    "wishes.not_sectors": "Niet gewenste sector|Niet gewenste sectoren|Sector niet|Geen sector",
    "wishes.settings": "Gewenste werkomgeving|Werkomgeving|Gewenste omgeving|Soort werkomgeving"
    "|Wens werkomgeving",
    "wishes.not_settings": "Niet gewenste werkomgeving|Werkomgeving niet",
    "hours.min": "Uren min|Min uren|Minimum uren|Minimaal aantal uren|Uren minimaal|Uren van|Uren vanaf"
    "|Min uren per week",
    "hours.max": "Uren max|Max uren|Maximum uren|Maximaal aantal uren|Uren maximaal|Uren tot"
    "|Max uren per week",
    "hours.build_up_to": "Opbouw naar uren|Opbouw naar|Opbouw tot|Uren opbouw|Uitbreiding naar"
    "|Op termijn uren",
    "hours.build_up_months": "Opbouw in maanden|Opbouw maanden|Opbouwperiode",
    "hours_per_day_max": "Max uren per dag|Uren per dag|Uren p/d|Maximaal uren per dag",
    "minutes_between_breaks": "Minuten tussen pauzes|Pauze na minuten|Pauze om de",
    "weekly_grid": "Dagen en dagdelen|Dagen|Dagdelen|Werkdagen|Beschikbare dagen|Beschikbare dagdelen"
    "|Beschikbaarheid"
    "|Weekrooster|Welke dagen|Dagen beschikbaar|Voorkeursdagen|Werktijden",
    "hours": "Uren per week|Uren|Uren p/w|Uren pw|Uren/week|Aantal uren|Aantal uren per week"
    "|Uren van - tot|Uren van tot"
    "|Urenwens|Gewenste uren|Gewenst aantal uren|Beschikbare uren|Uren beschikbaar"
    "|Uren beschikbaar per week|Uur per week"
    "|Urenomvang|Omvang|Contracturen|Uren min max|Belastbaarheid uren|Belastbaar uren|Uren inzetbaar"
    "|Uren inzetbaar per week",
    "travel.modes": "Vervoer|Vervoermiddel|Vervoermiddelen|Vervoersmiddel|Vervoersmogelijkheden"
    "|Eigen vervoer|Reist met|Reiswijze"
    "|Mobiliteit|Vervoerswijze",
    "travel.max_minutes": "Max reistijd|Maximale reistijd|Reistijd|Reistijd max|Reistijd maximaal"
    "|Max reistijd minuten|Reisbereidheid"
    "|Max reistijd enkele reis|Bereid te reizen|Reisafstand|Max reisafstand",
    "languages": "Talen|Taal|Taalniveau|Talenkennis|Taalvaardigheid|Taalbeheersing|Talen en niveau|Spreekt",
    "languages.nl": "Nederlands|Niveau Nederlands|Nederlandse taal|Taalniveau Nederlands"
    "|Beheersing Nederlands|Nederlands niveau",
    "languages.en": "Engels|Niveau Engels|Engelse taal|Taalniveau Engels|Engels niveau",
    "licences": "Rijbewijs|Rijbewijzen|Rijbewijs type|Rijbewijs categorie|In bezit van rijbewijs"
    "|Rijbewijs(zen)",
    "certificates": "Certificaten|Certificaat|Certificaten en diploma's|Geldige certificaten|Certificeringen",
    "screenings.vog": "VOG|Verklaring omtrent gedrag|VOG aanwezig",
    "screenings.ministry": "Screening ministerie|Screening",
    "courses": "Cursussen|Cursus|Gevolgde cursussen|Trainingen|Training|Opleidingen en cursussen",
    "education": "Opleiding|Opleidingsniveau|Hoogst genoten opleiding|Hoogste opleiding|Niveau opleiding"
    "|Opl niveau|Opl. niveau"
    "|Hoogst afgeronde opleiding|Diploma|Hoogste diploma|Scholing|Opleidingsnivo|Vooropleiding|Denkniveau"
    "|Werk- en denkniveau",
    "work_done": "Werkervaring|Ervaring|Arbeidsverleden|Eerder werk|Gewerkt als|Arbeidservaring"
    "|Laatste functies|Laatste functie"
    "|Vorige functies|Laatste beroep|Werkverleden",
    "skills": "Vaardigheden|Vaardigheid|Competenties|Kan goed|Kwaliteiten|Kennis en vaardigheden|Kan"
    "|Sterke punten",
    "capacities": "Belastbaarheid|Belastbaarheden|Fysieke belastbaarheid|Mogelijkheden|Belasting",
    **_capacity_names("capacities"),
    "support_needs": "Begeleiding nodig|Begeleiding|Ondersteuning|Ondersteuning nodig"
    "|Ondersteuningsbehoefte|Begeleidingsbehoefte"
    "|Voorzieningen|Voorziening|Benodigde voorzieningen|Aanpassingen|Randvoorwaarden|Nodig op het werk",
    "support_needs.job_coach": "Jobcoach nodig|Jobcoaching|Jobcoach j/n|Jobcoach ja/nee",
    "jobcoach": "Jobcoach",
    "access_needs": "Toegankelijkheid|Toegang gebouw|Toegankelijkheid gebouw|Toegankelijkheidseisen",
    "access_needs.wheelchair": "Rolstoel|Rolstoelgebruiker|Rolstoeltoegankelijk nodig",
    "contract_kinds": "Contractvorm|Contractvormen|Soort contract|Dienstverband|Soort dienstverband"
    "|Soort werk|Type contract",
    "contract_months_min": "Minimale contractduur maanden|Minimale contractduur|Contractduur minimaal",
    "growth_wish": "Groeiwens|Ontwikkelwens|Groei|Wil groeien|Ontwikkeling",
    "contact_channel": "Contact via|Contactvoorkeur|Voorkeur contact|Manier van contact",
    "representative": "Vertegenwoordiger|Wettelijk vertegenwoordiger|Vertegenwoordigd door",
    "max_open_introductions": "Max open voorstellen|Maximaal aantal voorstellen|Maximum voorstellen",
    "responsible_organisation": "Verantwoordelijke organisatie|Organisatie|Leverancier"
    "|Aanleverende organisatie|Begeleidende organisatie",
    "caseworker": "Klantmanager|Consulent|Casemanager|Werkconsulent|Arbeidsdeskundige"
    "|Contactpersoon gemeente|Adviseur",
    "coach": "Coach|Trajectbegeleider|Begeleider|Trajectcoach|Jobcoach van",
    "benefit_provider": "Uitkeringsinstantie|Uitkerende instantie|Uitkering van|Uitkering door",
    "last_confirmed_on": "Profiel bevestigd op|Laatst bevestigd|Laatst bijgewerkt|Profiel bijgewerkt op"
    "|Laatst gesproken",
    **{f"weekly_grid.{day}": names for day, names in _WEEKDAY_NAMES.items()},
    **_NOT_STORED,
}  # fmt: skip

VACANCY = {
    "source": "Bron|Bronsysteem|Aangeleverd door",
    "source_id": "Vacaturenummer|Vacature nr|Vacaturenr|Vac nr|Vacature ID|Referentie|Referentienummer"
    "|Kenmerk|Nummer|Nr|ID"
    "|Volgnummer|Registratienummer|Klantnummer|Ordernummer|Aanvraagnummer",
    "title": "Functie|Functietitel|Functienaam|Titel|Vacature|Vacaturetitel|Beroep|Naam functie"
    "|Functiebenaming|Functie titel"
    "|Naam vacature|Rol|Job title",
    "description": "Omschrijving|Functieomschrijving|Vacaturetekst|Beschrijving|Functie omschrijving|Tekst"
    "|Profieltekst"
    "|Omschrijving functie",
    "tasks": "Taken|Taak|Werkzaamheden|Takenpakket|Hoofdtaken|Taken en werkzaamheden|Uit te voeren taken"
    "|Activiteiten",
    "kind": "Soort plek|Soort|Soort vacature|Soort dienstverband|Soort contract|Dienstverband|Contractvorm"
    "|Type vacature|Vorm"
    "|Type contract|Soort werkplek",
    "legal_employer": "Werkgever|Bedrijf|Bedrijfsnaam|Naam bedrijf|Naam werkgever|Organisatie"
    "|Formele werkgever|Opdrachtgever naam",
    "work_floor": "Werkplek|Inlener|Werkvloer|Inlenend bedrijf|Werklocatie|Vestiging",
    "team": "Team|Afdeling|Team/afdeling",
    "sector": "Sector|Branche",
    "settings": "Werkomgeving|Omgeving|Soort werkomgeving",
    "hours.min": "Uren min|Min uren|Minimum uren|Uren van|Uren vanaf|Uren minimaal|Min uren per week"
    "|Minimaal aantal uren",
    "hours.max": "Uren max|Max uren|Maximum uren|Uren tot|Uren maximaal|Max uren per week"
    "|Maximaal aantal uren",
    "hours_per_day": "Uren per dag|Uren p/d",
    "work_times.fixed": "Vaste dagen|Vaste dagdelen|Vaste werkdagen",
    "work_times.days": "Werkdagen|Dagen|Werktijden|Dagen en dagdelen|Dagdelen|Werkdagen en tijden|Rooster",
    "work_times.possible": "Mogelijke dagen|Mogelijke dagdelen|Dagen mogelijk|Te kiezen dagen",
    "work_times.dayparts_per_week": "Aantal dagdelen|Dagdelen per week|Aantal dagdelen per week",
    "hours": "Uren per week|Uren|Uren p/w|Uren pw|Uren/week|Aantal uren|Aantal uren per week"
    "|Uren van - tot|Uren van tot|Omvang"
    "|Urenomvang|Contracturen|Uur per week|Uren min max|Dienstverband uren",
    "postcode": "Postcode|PC|PC4|PC6|Postcode werkplek|Postcode werklocatie|Postcode werk|Zip code"
    "|Postal code|Postcode locatie",
    "region": "Arbeidsmarktregio|Regio|Regiocode|AMR|WSP regio",
    "remote_share": "Deel thuiswerken|Thuiswerken %|Thuiswerken|Thuiswerk|Percentage thuiswerken",
    "trips_per_week": "Reizen per week|Keer per week op locatie|Dagen op locatie",
    "education_by_law": "Opleiding wettelijk vereist|Wettelijk vereiste opleiding"
    "|Wettelijk vereist diploma|Opleiding volgens wet",
    "education_wished": "Opleiding gewenst|Opleiding|Opleidingsniveau|Gewenste opleiding"
    "|Gewenst opleidingsniveau|Vereiste opleiding"
    "|Niveau|Opleidingseis|Opleiding vereist|Werk- en denkniveau|Denkniveau|Functieniveau",
    "languages": "Talen|Taal|Taalniveau|Taaleis|Talenkennis|Taalvereiste",
    "languages.nl": "Nederlands|Niveau Nederlands|Taalniveau Nederlands|Nederlandse taal",
    "languages.en": "Engels|Niveau Engels|Taalniveau Engels",
    "licences_desired": "Rijbewijs gewenst|Gewenst rijbewijs",
    "licences": "Rijbewijs vereist|Rijbewijs|Rijbewijs nodig|Vereist rijbewijs|Rijbewijzen",
    "certificates_desired": "Certificaten gewenst|Gewenste certificaten",
    "certificates": "Certificaten vereist|Certificaten|Vereiste certificaten|Certificaat"
    "|Benodigde certificaten",
    "screenings": "Screening|VOG|VOG vereist|VOG nodig|Screenings",
    "access.wheelchair": "Rolstoeltoegankelijk|Toegankelijk voor rolstoel|Rolstoel",
    "access.lift": "Lift|Lift aanwezig",
    "access.toilet": "Aangepast toilet|Invalidentoilet|Mindervalidentoilet|Rolstoeltoilet",
    "skills_desired": "Gewenste vaardigheden|Vaardigheden|Competenties|Gevraagde vaardigheden"
    "|Vaardigheden gewenst|Eisen",
    "wage.cao": "Cao",
    "wage.scale": "Loonschaal|Schaal|Salarisschaal|Functieschaal",
    "wage.euros_per_hour_min": "Uurloon vanaf|Uurloon min|Uurloon|Loon per uur",
    "wage.euros_per_hour_max": "Uurloon tot|Uurloon max",
    "contract_months": "Contractduur maanden|Contractduur|Duur contract|Duur|Looptijd",
    "positions": "Aantal plaatsen|Aantal|Aantal vacatures|Aantal posities|Aantal plekken|Plaatsen"
    "|Aantal personen",
    "start_on": "Startdatum|Start|Ingangsdatum|Per wanneer|Start per|Beginnen per|Datum start"
    "|Gewenste startdatum|Per",
    "closes_on": "Sluitingsdatum|Sluit op|Reageren voor|Deadline|Sluiting|Uiterste reactiedatum"
    "|Einddatum vacature|Reageren tot",
    "trial_possible": "Proefplaatsing mogelijk|Proefplaatsing",
    "offers": "Begeleiding op de werkplek|Begeleiding|Aanbod|Wij bieden|Ondersteuning|Begeleiding aanwezig"
    "|Begeleiding mogelijk"
    "|Werkgever biedt|Voorzieningen|Biedt",
    "adaptations": "Mogelijke aanpassingen|Aanpassingen|Aanpassing|Aanpassing mogelijk|Hulpmiddelen",
    "buddy": "Buddy|Buddy aanwezig|Vaste begeleider|Werkmaatje",
    "growth_path": "Doorgroei|Groeimogelijkheden|Groeipad|Doorgroeimogelijkheden|Groei",
    "counts_for": "Telt voor|Doelgroep|Doelgroepen|Telt mee voor|Alleen voor|Bestemd voor",
    "contract": "Opdracht|Contract|Contractnummer|Contract social return|SROI contract"
    "|Social return opdracht|SR opdracht|Bestek",
    "contact_person": "Contactpersoon|Contact|Naam contactpersoon",
    "demands": "Belasting|Fysieke eisen|Functie-eisen fysiek|Fysieke belasting|Zwaarte|Belastende factoren",
    **_capacity_names("demands"),
    **{f"work_times.days.{day}": names for day, names in _WEEKDAY_NAMES.items()},
    **{mark: names for mark, names in _NOT_STORED.items() if mark in (IDENTITY, REMARKS, BSN)},
}  # fmt: skip

_LISTS = frozenset(
    {
        "wishes.work",
        "wishes.not_work",
        "wishes.sectors",
        "wishes.not_sectors",
        "work_done",
        "skills",
        "courses",
        "target_groups",
        "target_groups.benefit",
    }
    | {
        "support_needs",
        "certificates",
        "languages",
        "skills_desired",
        "offers",
        "licences",
        "counts_for",
        REMARKS,
        IDENTITY,
    }
)
_TASK = re.compile(r"(?:taak|task) (\d{1,2})(?: (.+))?")
_TASK_PARTS = {
    "": "text", "omschrijving": "text", "text": "text", "uren": "hours", "uren per week": "hours", "uur": "hours",
    "vrijheid": "freedom",
    "mag vervallen": "freedom", "vast": "freedom", "vaardigheden": "skills", "eisen": "demands", "belasting": "demands",
    "hours": "hours", "freedom": "freedom", "skills": "skills", "demands": "demands",
}  # fmt: skip
_UNITS = {"min": "min", "minuten": "min", "in minuten": "min", "uur": "uur", "uren": "uur", "in uren": "uur",
          "u": "uur",
          "kg": "kg", "kilo": "kg", "in kg": "kg", "max kg": "kg", "%": "%"}  # fmt: skip


@dataclass(frozen=True)
class Column:
    """One column of a sheet: position from 0, its own header, the field (None: nothing matched), the header's unit."""

    position: int
    header: str
    field: str | None
    unit: str | None = None


class Names:
    """The look-up from plain names to fields, for candidates or for vacancies."""

    def __init__(self, table: Mapping[str, str]):
        self._fields: dict[str, str] = {}
        self.dutch = {path: names.split("|")[0] for path, names in table.items()}
        for path, names in table.items():
            english = "" if path.startswith("#") else path
            for name in (*names.split("|"), english):
                if key := plain(name):
                    self._fields.setdefault(key, path)
        self._fuzzy = [name for name in self._fields if len(name) >= _FUZZY_LENGTH]

    def field_of(self, header: str) -> tuple[str | None, str | None]:
        """The field that a header names and the unit that it states; (None, None) where nothing matches."""
        bracket = re.search(r"[(\[]([^)\]]*)[)\]]", header)
        unit = _UNITS.get(bracket[1].strip().lower()) if bracket else None
        bare = re.sub(r"[(\[][^)\]]*[)\]]", " ", header)
        split = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header)
        forms = [form for form in dict.fromkeys(map(plain, (header, bare, split))) if form]
        for form in forms:
            if form in self._fields:
                return self._fields[form], unit
            if (task := _TASK.fullmatch(form)) and (part := _TASK_PARTS.get(task[2] or "")) and "tasks" in self.dutch:
                return f"tasks.{int(task[1])}.{part}", unit
            field = self._fields.get(re.sub(r"[ ]?\d+$", "", form))
            if field in _LISTS:
                return field, unit
        for form in forms:
            if (field := self._misspelt(form)) is not None:
                return field, unit
        for mark, betraying in _BETRAYING.items():
            if mark in self.dutch and any(re.search(betraying, form) for form in forms):
                return mark, unit
        return None, None

    def _misspelt(self, name: str) -> str | None:
        if len(name) < _FUZZY_LENGTH:
            return None
        near = process.extract(name, self._fuzzy, scorer=fuzz.ratio, score_cutoff=_FUZZY - _FUZZY_MARGIN, limit=6)
        fields = {self._fields[known] for known, _, _ in near}
        return self._fields[near[0][0]] if len(fields) == 1 and near[0][1] >= _FUZZY else None

    def n_known(self, cells: Sequence[str]) -> int:
        """How many of these cells name a field by exact name: what makes a row a header."""
        forms = (plain(re.sub(r"[(\[][^)\]]*[)\]]", " ", cell)) for cell in cells if cell and len(cell) <= 80)
        whole = (plain(cell) for cell in cells if cell and len(cell) <= 80)
        known = {self._fields.get(a) or self._fields.get(b) for a, b in zip(forms, whole, strict=True)}
        tasks = (
            {plain(cell) for cell in cells if cell and _TASK.fullmatch(plain(cell))} if "tasks" in self.dutch else set()
        )
        return len(known - {None}) + len(tasks)

    def columns(self, headers: Sequence[str]) -> list[Column]:
        """Every column with its field. A second column for a field that holds one answer has none."""
        columns: list[Column] = []
        taken: set[str] = set()
        for position, header in enumerate(headers):
            field, unit = self.field_of(header) if header.strip() else (None, None)
            if field is not None and field in taken and field not in _LISTS and not field.startswith("#"):
                field = None
            if field is not None:
                taken.add(field)
            columns.append(Column(position, header, field, unit))
        return columns


CANDIDATE_NAMES = Names(CANDIDATE)
VACANCY_NAMES = Names(VACANCY)
