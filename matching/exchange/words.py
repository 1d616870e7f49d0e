"""The words in which Dutch spreadsheets name the members of the closed lists; read by cells and fields alone.

Every table goes from words, written as `plain` leaves them (lower case, no accents, no punctuation), to the term
they stand for. The first words of a term are the ones that an export writes. A word that could stand for two
terms ("ww", "eigen vervoer", "scooter") is left out on purpose: such a cell stays unknown, with its words kept.
"""

import re
import unicodedata
from enum import Enum
from typing import TypeVar

from matching.profiles import BenefitProvider, ContactChannel, HowKnown, Representative
from scoring.terms import (
    AccessNeed,
    Capacity,
    Certificate,
    ContractKind,
    Daypart,
    EducationLevel,
    Growth,
    LanguageLevel,
    Licence,
    Screening,
    ScreeningAnswer,
    Sector,
    Supplier,
    SupportNeed,
    TargetGroup,
    TaskFreedom,
    TravelMode,
    Weekday,
    WorkSetting,
)

E = TypeVar("E", bound=Enum)
_NOT_PLAIN = re.compile(r"[^a-z0-9+]+")


def plain(text: str) -> str:
    """Lower case, without accents and punctuation, single spaces: the form in which words are compared."""
    folded = unicodedata.normalize("NFKD", text.replace("ĳ", "ij").replace("Ĳ", "IJ"))
    letters = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return _NOT_PLAIN.sub(" ", letters.lower()).strip()


def _table(terms: dict[E, str]) -> dict[str, E]:
    """Turn "words | more words" per term round into one look-up; two terms may not share words."""
    table: dict[str, E] = {}
    for term, words in terms.items():
        for phrase in (*words.split("|"), term.name):
            key = plain(phrase)
            if table.setdefault(key, term) is not term:
                raise ValueError(f"{key!r} stands for {table[key]} and {term}")
    return table


def spoken(term: E, table: dict[str, E]) -> str:
    """The first words for a term: what an export writes and `cells` reads back."""
    return next(words for words, known in table.items() if known is term)


TRAVEL_MODES = _table(
    {
        TravelMode.WALK: "lopend|lopen|te voet|wandelen|wandelend",
        TravelMode.BICYCLE: "fiets|fietsen|eigen fiets|gewone fiets|met de fiets|rijwiel|bike",
        TravelMode.E_BIKE: "elektrische fiets|e-bike|ebike|e-fiets|elektrisch fietsen|elektr fiets|fiets elektrisch",
        TravelMode.PUBLIC_TRANSPORT: "ov|openbaar vervoer|bus|trein|tram|metro|bus en trein|ov fiets|o v",
        TravelMode.CAR: "auto|eigen auto|met de auto|personenauto",
    }
)

TARGET_GROUPS = _table(
    {
        TargetGroup.BANENAFSPRAAK: "banenafspraak|doelgroepregister|doelgroepenregister|garantiebaan|dgr"
        "|register"
        "|doelgroep banenafspraak|indicatie banenafspraak|doelgroepregister uwv",
        TargetGroup.PRAKTIJKROUTE: "praktijkroute",
        TargetGroup.BESCHUT_WERK: "beschut werk|beschut|beschutwerk|indicatie beschut werk|nieuw beschut",
        TargetGroup.WAJONG: "wajong|wajonger|wajong 2010|wajong 2015|oude wajong",
        TargetGroup.PARTICIPATIEWET: "participatiewet|p-wet|pwet|pw|bijstand|bijstandsuitkering|wwb",
        TargetGroup.WIA: "wia|wga|iva|wao|wia wga",
        TargetGroup.WW_LONG: "ww lang|ww langdurig|langdurig ww|ww langer dan een jaar|ww meer dan 1 jaar"
        "|ww 1 jaar of langer",
        TargetGroup.WW_SHORT: "ww kort|kort ww|ww korter dan een jaar|ww minder dan 1 jaar",
        TargetGroup.NUG: "nug|nugger|niet uitkeringsgerechtigd|niet uitkeringsgerechtigde|geen uitkering",
        TargetGroup.WSW: "wsw|sw|sw-indicatie|wsw indicatie|sociale werkvoorziening",
        TargetGroup.STATUS_HOLDER: "statushouder|vergunninghouder",
        TargetGroup.EX_OFFENDER: "ex-gedetineerde|ex-justitiabele|ex gedetineerd",
        TargetGroup.VSO_PRO: "vso/pro|vso|pro|praktijkonderwijs|pro/vso|voortgezet speciaal onderwijs",
        TargetGroup.BBL: "bbl|bbl leerling",
        TargetGroup.BOL: "bol|bol leerling|stagiair bol",
        TargetGroup.OLDER_WORKER: "oudere werknemer|50+|50 plus|55+|55 plus|oudere",
    }
)

SUPPORT_NEEDS = _table(
    {
        SupportNeed.JOB_COACH: "jobcoach|job coach|jobcoaching|werkcoach|interne jobcoach|begeleiding jobcoach",
        SupportNeed.FIXED_COLLEAGUE: "vaste begeleider|vaste collega|buddy|maatje|werkmaatje"
        "|vast aanspreekpunt"
        "|vaste begeleiding",
        SupportNeed.ADAPTED_WORKPLACE: "aangepaste werkplek|werkplekaanpassing|aanpassing werkplek|aangepast bureau",
        SupportNeed.QUIET_PLACE: "prikkelarme werkplek|rustige werkplek|rustige plek|stille werkplek"
        "|prikkelarm"
        "|prikkelarme omgeving|rustige omgeving",
        SupportNeed.FIXED_STRUCTURE: "vaste structuur|structuur|duidelijke structuur|vaste dagindeling|vaste taken",
        SupportNeed.WRITTEN_INSTRUCTIONS: "geschreven instructies|schriftelijke instructies"
        "|instructies op papier"
        "|schriftelijke uitleg|uitleg op papier|pictogrammen",
        SupportNeed.TRANSPORT: "vervoer|vervoersvoorziening|hulp bij vervoer|taxivervoer|woon-werkvervoer",
        SupportNeed.EXTRA_BREAKS: "extra pauzes|vaker pauze|extra rustmomenten|rustmomenten|meer pauzes",
        SupportNeed.SPOKEN_INSTRUCTIONS: "mondelinge instructies|mondelinge uitleg|voordoen|uitleg voordoen",
        SupportNeed.INTERPRETER: "tolk|doventolk|gebarentolk|tolk gebarentaal|tolkvoorziening|schrijftolk",
        SupportNeed.FLEXIBLE_START_TIME: "flexibele begintijd|flexibele werktijden|flexibele starttijd|later beginnen",
        SupportNeed.PERSONAL_CARE_AT_WORK: "persoonlijke verzorging op het werk|persoonlijke verzorging"
        "|hulp bij toiletgang",
        SupportNeed.LANGUAGE_SUPPORT: "taalondersteuning|taalbegeleiding|hulp bij taal|taalmaatje|taalles",
        SupportNeed.AIDS_AND_SOFTWARE: "hulpmiddelen|hulpmiddelen en software|voorleessoftware"
        "|aangepaste software"
        "|meeneembare voorzieningen",
    }
)

SUPPLIERS = _table(
    {
        Supplier.EMPLOYER: "werkgever|bedrijf|intern",
        Supplier.UWV: "uwv",
        Supplier.MUNICIPALITY: "gemeente|wsp|werkbedrijf|sociale dienst",
        Supplier.CANDIDATE: "kandidaat|zelf|eigen",
    }
)

ACCESS_NEEDS = _table(
    {
        AccessNeed.WHEELCHAIR: "rolstoel|rolstoeltoegankelijk|rolstoeltoegankelijkheid|rolstoelgebruiker",
        AccessNeed.LIFT: "lift|lift nodig|geen trappen|gelijkvloers",
        AccessNeed.TOILET: "aangepast toilet|toilet|invalidentoilet|rolstoeltoilet|mindervalidentoilet",
    }
)

CONTRACT_KINDS = _table(
    {
        ContractKind.JOB: "baan|dienstverband|regulier|regulier dienstverband|betaald werk|betaalde baan"
        "|loondienst"
        "|vast contract|tijdelijk contract|arbeidsovereenkomst|garantiebaan",
        ContractKind.SECONDMENT: "detachering|gedetacheerd|detacheren",
        ContractKind.INTERNSHIP: "stage|stageplaats|stageplek",
        ContractKind.BBL: "bbl|leerwerkplek|leerbaan|leer-werkbaan|leerwerkbaan",
        ContractKind.WORK_EXPERIENCE: "werkervaringsplek|werkervaringsplaats|wep|leerwerkervaringsplek",
        ContractKind.TRIAL: "proefplaatsing|proefplaats",
        ContractKind.TRAINEESHIP: "traineeship|trainee|traineeplek",
    }
)

SECTORS = _table(
    {
        Sector.GOVERNMENT: "overheid|gemeente|rijk|openbaar bestuur|rijksoverheid",
        Sector.OFFICE_SERVICES: "kantoor en administratie|kantoor|administratie|administratief"
        "|zakelijke dienstverlening",
        Sector.LOGISTICS: "logistiek|magazijn|logistiek en magazijn|opslag",
        Sector.CLEANING: "schoonmaak|schoonmaken",
        Sector.CATERING: "catering|horeca|keuken|restaurant",
        Sector.RETAIL: "detailhandel|winkel|retail|supermarkt|verkoop",
        Sector.GREEN: "groen|groenvoorziening|hovenier|tuin|land- en tuinbouw|agrarisch|landbouw|tuinbouw",
        Sector.CONSTRUCTION: "bouw|infra|bouw en infra",
        Sector.TECHNICAL: "techniek|technisch|installatietechniek|metaal|elektrotechniek",
        Sector.MANUFACTURING: "productie|industrie|fabriek|assemblage|maakindustrie",
        Sector.CARE: "zorg|zorg en welzijn|gezondheidszorg|welzijn|ouderenzorg",
        Sector.EDUCATION: "onderwijs|school|kinderopvang|onderwijs en kinderopvang",
        Sector.ICT: "ict|it|automatisering",
        Sector.CULTURE: "cultuur|cultuur en sport|museum|bibliotheek|kunst en cultuur",
        Sector.SECURITY: "beveiliging|toezicht|toezicht en beveiliging|handhaving",
        Sector.TRANSPORT: "vervoer|transport|transport en vervoer|koerier",
        Sector.LAUNDRY_TEXTILE: "wasserij en textiel|wasserij|textiel|kleding",
        Sector.RECYCLING: "recycling|kringloop|afval|milieu|afval en recycling",
        Sector.HOSPITALITY: "hotel en gastvrijheid|hotel|gastvrijheid|hospitality|recreatie",
        Sector.FACILITY: "facilitair|facilitaire dienst|facilitaire dienstverlening|huismeester",
    }
)

SETTINGS = _table(
    {
        WorkSetting.INDOORS: "binnen|binnenwerk|binnen werken",
        WorkSetting.OUTDOORS: "buiten|buitenwerk|buiten werken|in de buitenlucht",
        WorkSetting.QUIET: "rustig|rustige omgeving|prikkelarm|stil",
        WorkSetting.LIVELY: "levendig|druk|gezellig|drukke omgeving|reuring",
        WorkSetting.ALONE: "alleen|zelfstandig|alleen werken",
        WorkSetting.IN_A_TEAM: "in een team|team|samen|met collega's|samenwerken",
        WorkSetting.WITH_CUSTOMERS: "met klanten|klanten|klantcontact|met mensen|publiek",
        WorkSetting.WITH_ANIMALS_PLANTS: "met dieren of planten|dieren|planten|met dieren|met planten|natuur",
        WorkSetting.WITH_HANDS: "met de handen|handen|handwerk|praktisch werk|met mijn handen",
        WorkSetting.AT_A_DESK: "aan een bureau|bureau|zittend werk|achter de computer|computerwerk|bureauwerk",
        WorkSetting.ON_THE_MOVE: "onderweg|op pad|in beweging|afwisselende plekken",
        WorkSetting.SMALL_COMPANY: "klein bedrijf|kleine organisatie",
        WorkSetting.LARGE_COMPANY: "groot bedrijf|grote organisatie",
    }
)

CERTIFICATES = _table(
    {
        Certificate.VCA: "vca|vca basis|vca vol|b-vca|vca certificaat|basis vca",
        Certificate.FORKLIFT: "heftruck|heftruckcertificaat|heftruckdiploma|heftruckrijbewijs|vorkheftruck",
        Certificate.REACH_TRUCK: "reachtruck|reachtruckcertificaat|reach truck",
        Certificate.AERIAL_PLATFORM: "hoogwerker|hoogwerkercertificaat",
        Certificate.BHV: "bhv|bedrijfshulpverlening|bhv'er|bhv diploma",
        Certificate.FIRST_AID: "ehbo|eerste hulp|ehbo diploma",
        Certificate.HACCP: "haccp|hygienecode",
        Certificate.CHAINSAW: "motorkettingzaag|kettingzaag|motorzaag",
        Certificate.SOCIAL_HYGIENE: "sociale hygiene|svh sociale hygiene",
        Certificate.SECURITY_PASS: "beveiligingspas|beveiligerspas|grijze pas|groene pas|blauwe pas",
        Certificate.DRIVER_CPC: "code 95|code95",
        Certificate.TAXI_CARD: "taxipas|chauffeurskaart|chauffeurspas",
        Certificate.PESTICIDE: "spuitlicentie|licentie gewasbescherming|gewasbescherming",
        Certificate.NEN_3140: "nen 3140|nen3140|vop",
        Certificate.TRAFFIC_CONTROLLER: "verkeersregelaar",
        Certificate.OFFICE_SOFTWARE: "ms office|microsoft office|ecdl|office certificaat",
    }
)

GROWTH = _table(
    {
        Growth.NONE: "geen|nee|geen groei|geen wens",
        Growth.MORE_TASKS: "meer taken|taakuitbreiding",
        Growth.DIPLOMA: "diploma halen|diploma|opleiding|leren|scholing",
        Growth.SPECIALIST: "specialist|specialist worden|vakmanschap",
        Growth.SUPERVISING: "leidinggeven|leidinggevend|begeleiden van collega's|voorman",
        Growth.ADVISORY: "adviserend|adviseur|advies|advieswerk",
    }
)

CONTACT_CHANNELS = _table(
    {
        ContactChannel.PHONE: "telefoon|bellen|telefonisch",
        ContactChannel.EMAIL: "e-mail|mail|mailen",
        ContactChannel.MESSAGE: "bericht|whatsapp|app|sms|appen",
        ContactChannel.LETTER: "brief|post|per post",
        ContactChannel.THROUGH_COACH: "via coach|via de jobcoach|jobcoach|via jobcoach|coach",
        ContactChannel.THROUGH_REPRESENTATIVE: "via vertegenwoordiger|via ouders|via mentor|via bewindvoerder",
    }
)

REPRESENTATIVES = _table(
    {
        Representative.PARENT: "ouder|ouders|moeder|vader",
        Representative.MENTOR: "mentor",
        Representative.ADMINISTRATOR: "bewindvoerder",
        Representative.GUARDIAN: "voogd|curator",
        Representative.OTHER: "anders|ander|familielid",
        Representative.NOBODY: "niemand|geen|nee",
    }
)

BENEFIT_PROVIDERS = _table(
    {
        BenefitProvider.UWV: "uwv",
        BenefitProvider.MUNICIPALITY: "gemeente|sociale dienst",
        BenefitProvider.NOBODY: "niemand|geen|geen uitkering",
    }
)

SCREENINGS = _table({Screening.VOG: "vog|verklaring omtrent gedrag", Screening.MINISTRY: "screening ministerie|avb"})

SCREENING_ANSWERS = _table(
    {
        ScreeningAnswer.OBTAINED: "aanwezig|in bezit|heeft vog|ja|heeft|verkregen|gehaald",
        ScreeningAnswer.OBTAINABLE: "aan te vragen|kan worden aangevraagd|mogelijk|haalbaar|aanvraagbaar",
        ScreeningAnswer.NOT_OBTAINABLE: "niet haalbaar|niet mogelijk|niet te krijgen|kan niet",
    }
)

FREEDOMS = _table(
    {
        TaskFreedom.FIXED: "vast|hoort erbij|verplicht|kan niet vervallen",
        TaskFreedom.DROPPABLE: "kan vervallen|mag vervallen|kan weg|weglaatbaar",
        TaskFreedom.MOVABLE: "kan naar een collega|verplaatsbaar|kan verplaatst|door collega|overdraagbaar",
    }
)

HOW_KNOWN = _table(
    {
        HowKnown.SELF: "eigen opgave|zelf|volgens kandidaat",
        HowKnown.COACH: "coach|jobcoach|volgens coach",
        HowKnown.EMPLOYER: "werkgever|volgens werkgever",
        HowKnown.CERTIFICATE: "certificaat|diploma",
        HowKnown.TEST: "test|getest|assessment",
    }
)

EDUCATION = _table(
    {
        EducationLevel.NONE: "geen diploma|geen|geen opleiding|zonder diploma|geen opleiding nodig"
        "|geen opleiding vereist"
        "|geen diploma nodig|geen diploma vereist|geen vooropleiding|ongeschoold",
        EducationLevel.PRIMARY: "basisonderwijs|basisschool|lagere school|lager onderwijs|speciaal basisonderwijs",
        EducationLevel.VMBO: "vmbo|mavo|lbo|vbo|lts|lhno|lwoo|ivbo|mulo|huishoudschool|praktijkonderwijs"
        "|praktijkschool"
        "|pro|vso|voortgezet speciaal onderwijs|mbo 1|mbo niveau 1|mbo1|entree|entreeopleiding|mbo entree",
        EducationLevel.MBO_2: "mbo 2|mbo niveau 2|mbo2|startkwalificatie|niveau 2 mbo|basisberoepsopleiding",
        EducationLevel.MBO_3: "mbo 3|mbo niveau 3|mbo3|niveau 3 mbo|vakopleiding",
        EducationLevel.MBO_4: "mbo 4|mbo niveau 4|mbo4|niveau 4 mbo|havo|vwo|gymnasium|atheneum|hbs|mts|meao"
        "|middenkaderopleiding",
        EducationLevel.HBO: "hbo|hts|heao|hbo bachelor|associate degree|pabo|hogeschool",
        EducationLevel.WO: "wo|universiteit|universitair|academisch|wo master|wo bachelor|doctoraal",
    }
)

LANGUAGE_LEVELS = _table(
    {
        LanguageLevel.A1: "a1|slecht|zeer matig|heel weinig|weinig|alpha|basis",
        LanguageLevel.A2: "a2|matig|beetje|een beetje|eenvoudig|1f",
        LanguageLevel.B1: "b1|redelijk|voldoende|staatsexamen 1|nt2 programma 1|nt2 programma i|2f",
        LanguageLevel.B2: "b2|goed|nt2 programma 2|nt2 programma ii|staatsexamen 2|3f",
        LanguageLevel.C1: "c1|vloeiend|zeer goed|heel goed|uitstekend|4f",
        LanguageLevel.C2: "c2|moedertaal|native|eerste taal",
        LanguageLevel.NONE: "geen|niet|spreekt niet",
    }
)

LANGUAGES = {
    "nederlands": "nl", "nederlandse taal": "nl", "nt2": "nl", "nl": "nl", "engels": "en", "duits": "de", "frans": "fr",
    "spaans": "es", "italiaans": "it", "portugees": "pt", "pools": "pl", "roemeens": "ro", "bulgaars": "bg",
    "russisch": "ru", "oekraiens": "uk", "turks": "tr", "koerdisch": "ku", "arabisch": "ar", "berbers": "ber",
    "tamazight": "zgh", "farsi": "fa", "perzisch": "fa", "dari": "prs", "pasjtoe": "ps", "pashto": "ps", "urdu": "ur",
    "hindi": "hi", "tigrinya": "ti", "amhaars": "am", "somalisch": "so", "papiaments": "pap", "papiamento": "pap",
    "sranan": "srn", "sranantongo": "srn", "chinees": "zh", "mandarijn": "zh", "vietnamees": "vi", "thai": "th",
    "indonesisch": "id", "grieks": "el", "hongaars": "hu", "tsjechisch": "cs", "servisch": "sr", "kroatisch": "hr",
    "bosnisch": "bs", "albanees": "sq", "fries": "fy", "gebarentaal": "dse",
    "nederlandse gebarentaal": "dse", "ngt": "dse",
}  # fmt: skip

CAPACITIES = _table(
    {
        Capacity.LIFTING: "tillen|tillen en dragen|dragen|gewicht tillen|tilt|sjouwen",
        Capacity.STANDING: "staan|staand werk|langdurig staan|lang staan|staat",
        Capacity.WALKING: "lopen|wandelen|loopwerk|lopend werk",
        Capacity.SITTING: "zitten|zittend werk|langdurig zitten|lang zitten",
        Capacity.BENDING_KNEELING_CLIMBING: "bukken knielen klimmen|bukken|knielen|hurken|klimmen"
        "|traplopen|buigen"
        "|bukken en knielen|trappen lopen",
        Capacity.REACHING: "reiken|boven schouderhoogte werken|bovenhands werken|strekken",
        Capacity.FINE_HAND_WORK: "fijn handwerk|fijne motoriek|handvaardigheid|fijn motorisch werk|motoriek handen",
        Capacity.SIGHT: "zien|zicht|gezichtsvermogen|ogen",
        Capacity.HEARING: "horen|gehoor",
        Capacity.NOISE_STIMULI: "geluid en prikkels|prikkels|geluid|lawaai|prikkelbestendig|drukte|omgaan met prikkels",
        Capacity.DUST_TEMPERATURE: "stof en temperatuur|stof|kou|warmte|temperatuur|stof kou warmte",
        Capacity.PACE: "tempo|werktempo|werkdruk|tijdsdruk|productietempo",
        Capacity.CONCENTRATION: "concentratie|concentreren|aandacht|aandacht vasthouden",
        Capacity.STRUCTURE_CHANGE: "omgaan met verandering|verandering|veranderingen|wisselende taken|flexibiliteit",
        Capacity.INDEPENDENCE: "zelfstandigheid|zelfstandig werken|zelfstandig",
        Capacity.EMOTIONAL_LOAD: "emotionele belasting|emotioneel zwaar werk|stressbestendigheid|omgaan met stress",
        Capacity.CONTACT_CUSTOMERS: "contact met klanten|klantcontact|klanten|publiekscontact|omgang met klanten",
        Capacity.CONTACT_COLLEAGUES: "contact met collegas|contact met collega's|samenwerken|collega's"
        "|omgang met collega's",
        Capacity.READING_WRITING: "lezen en schrijven|lezen|schrijven|lezen/schrijven|taalvaardigheid werk",
        Capacity.IRREGULAR_HOURS: "onregelmatige tijden|onregelmatig werken|wisselende diensten|ploegendienst"
        "|onregelmatige diensten|wisseldiensten|onregelmatigheid",
    }
)

# How much of it: what a person can sustain, or what a task asks.
DEGREES: dict[str, int] = {
    "niet": 0, "geen": 0, "kan niet": 0, "nee": 0, "niet mogelijk": 0,
    "licht": 1, "beperkt": 1, "weinig": 1, "af en toe": 1, "een beetje": 1, "beetje": 1, "soms": 1,
    "laag": 1, "kort": 1,
    "matig": 2, "gemiddeld": 2, "normaal": 2, "regelmatig": 2, "redelijk": 2, "gewoon": 2,
    "veel": 3, "goed": 3, "zwaar": 3, "vaak": 3, "hoog": 3, "langdurig": 3, "lang": 3,
    "heel veel": 4, "zeer veel": 4, "zeer goed": 4, "zeer zwaar": 4, "heel zwaar": 4,
    "onbeperkt": 4, "geen beperking": 4,
    "geen beperkingen": 4, "niet beperkt": 4, "de hele dag": 4, "hele dag": 4, "altijd": 4, "zeer hoog": 4,
}  # fmt: skip

LICENCES = _table(
    {
        Licence.AM: "am|bromfietsrijbewijs|brommerrijbewijs",
        Licence.B: "b|autorijbewijs",
        Licence.BE: "be|b e|b+e",
        Licence.C: "c|vrachtwagenrijbewijs|groot rijbewijs",
        Licence.CE: "ce|c e|c+e",
        Licence.D: "d|busrijbewijs",
        Licence.T: "t|trekkerrijbewijs|tractorrijbewijs",
    }
)

WEEKDAYS = _table(
    {
        Weekday.MONDAY: "ma|maandag|maandagen|mon",
        Weekday.TUESDAY: "di|dinsdag|dinsdagen",
        Weekday.WEDNESDAY: "wo|woensdag|woensdagen",
        Weekday.THURSDAY: "do|donderdag|donderdagen",
        Weekday.FRIDAY: "vr|vrijdag|vrijdagen|vrij",
        Weekday.SATURDAY: "za|zaterdag|zaterdagen|zat",
        Weekday.SUNDAY: "zo|zondag|zondagen",
    }
)

DAYPARTS = _table(
    {
        Daypart.MORNING: "ochtend|ochtenden|ochtends|morgen|morgens|s ochtends|vm|voormiddag|och",
        Daypart.AFTERNOON: "middag|middagen|middags|namiddag|nm|s middags|mid",
        Daypart.EVENING: "avond|avonden|avonds|s avonds",
        Daypart.NIGHT: "nacht|nachten|nachts|s nachts",
    }
)
