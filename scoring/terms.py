"""The terms of the field as closed lists: constraints, capacity dimensions, levels, modes, dayparts.

Everybody may import this; it imports nobody. The order of a list is its code in arrays and bitmasks,
so members are only ever added at the end.
"""

from collections.abc import Iterable
from enum import IntEnum, StrEnum


class Constraint(StrEnum):
    """The seventeen constraints of a pair; the position is the bit in the three masks."""

    AVAILABILITY = "availability"
    GROUP = "group"
    TRAVEL = "travel"
    HOURS = "hours"
    DAYPARTS = "dayparts"
    CAPACITY = "capacity"
    SUPPORT = "support"
    EDUCATION = "education"
    LANGUAGE = "language"
    LICENCE = "licence"
    CERTIFICATE = "certificate"
    SCREENING = "screening"
    ACCESS = "access"
    START = "start"
    CONTRACT = "contract"
    TRIED = "tried"
    ATTENTION = "attention"


class Answer(StrEnum):
    """What a constraint answers for one pair. Only BLOCKED excludes."""

    OK = "ok"
    NEAR = "near"
    UNKNOWN = "unknown"
    BLOCKED = "blocked"


class Question(StrEnum):
    """The three conditional questions of a match, in the order in which they are stated."""

    EMPLOYER = "employer"
    CANDIDATE = "candidate"
    LASTING = "lasting"


class Band(StrEnum):
    """What a score is called on screen; words, not percentages."""

    STRONG = "strong"
    GOOD = "good"
    POSSIBLE = "possible"
    WEAK = "weak"
    TOO_LITTLE_KNOWN = "too_little_known"


class Capacity(StrEnum):
    """Capacity dimensions, alike for person and task, levels 0 to 4 (profile comparison as in MELBA / IMBA)."""

    LIFTING = "lifting"
    STANDING = "standing"
    WALKING = "walking"
    SITTING = "sitting"
    BENDING_KNEELING_CLIMBING = "bending_kneeling_climbing"
    REACHING = "reaching"
    FINE_HAND_WORK = "fine_hand_work"
    SIGHT = "sight"
    HEARING = "hearing"
    NOISE_STIMULI = "noise_stimuli"
    DUST_TEMPERATURE = "dust_temperature"
    PACE = "pace"
    CONCENTRATION = "concentration"
    STRUCTURE_CHANGE = "structure_change"
    INDEPENDENCE = "independence"
    EMOTIONAL_LOAD = "emotional_load"
    CONTACT_CUSTOMERS = "contact_customers"
    CONTACT_COLLEAGUES = "contact_colleagues"
    READING_WRITING = "reading_writing"
    IRREGULAR_HOURS = "irregular_hours"


class TravelMode(StrEnum):
    WALK = "walk"
    BICYCLE = "bicycle"
    E_BIKE = "e_bike"
    PUBLIC_TRANSPORT = "public_transport"
    CAR = "car"


class Daypart(StrEnum):
    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    NIGHT = "night"


class Weekday(StrEnum):
    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


class SupportNeed(StrEnum):
    JOB_COACH = "job_coach"
    FIXED_COLLEAGUE = "fixed_colleague"
    ADAPTED_WORKPLACE = "adapted_workplace"
    QUIET_PLACE = "quiet_place"
    FIXED_STRUCTURE = "fixed_structure"
    WRITTEN_INSTRUCTIONS = "written_instructions"
    TRANSPORT = "transport"
    EXTRA_BREAKS = "extra_breaks"
    SPOKEN_INSTRUCTIONS = "spoken_instructions"
    INTERPRETER = "interpreter"
    FLEXIBLE_START_TIME = "flexible_start_time"
    PERSONAL_CARE_AT_WORK = "personal_care_at_work"
    LANGUAGE_SUPPORT = "language_support"
    AIDS_AND_SOFTWARE = "aids_and_software"


class Supplier(StrEnum):
    """Who supplies a support need."""

    EMPLOYER = "employer"
    UWV = "uwv"
    MUNICIPALITY = "municipality"
    CANDIDATE = "candidate"
    UNKNOWN = "unknown"


class TargetGroup(StrEnum):
    BANENAFSPRAAK = "banenafspraak"
    PRAKTIJKROUTE = "praktijkroute"
    BESCHUT_WERK = "beschut_werk"
    WAJONG = "wajong"
    PARTICIPATIEWET = "participatiewet"
    WIA = "wia"
    WW_LONG = "ww_long"
    WW_SHORT = "ww_short"
    NUG = "nug"
    WSW = "wsw"
    STATUS_HOLDER = "status_holder"
    EX_OFFENDER = "ex_offender"
    VSO_PRO = "vso_pro"
    BBL = "bbl"
    BOL = "bol"
    OLDER_WORKER = "older_worker"


# GDPR 10 and origin: kept in a table of their own, encrypted, for the caseworker's eyes.
RESTRICTED_GROUPS = frozenset({TargetGroup.STATUS_HOLDER, TargetGroup.EX_OFFENDER})


class EducationLevel(IntEnum):
    """Levels of education, in the steps in which the Dutch ladder counts them."""

    NONE = 0
    PRIMARY = 1
    VMBO = 2  # also praktijkonderwijs, vso with certificate, mbo-1 (entree)
    MBO_2 = 3
    MBO_3 = 4
    MBO_4 = 5  # also havo, vwo
    HBO = 6
    WO = 7


class LanguageLevel(IntEnum):
    """Levels of the Common European Framework; NONE is a stated absence, not an unknown."""

    NONE = 0
    A1 = 1
    A2 = 2
    B1 = 3
    B2 = 4
    C1 = 5
    C2 = 6


class AccessNeed(StrEnum):
    WHEELCHAIR = "wheelchair"
    LIFT = "lift"
    TOILET = "toilet"


class ContractKind(StrEnum):
    JOB = "job"
    SECONDMENT = "secondment"
    INTERNSHIP = "internship"
    BBL = "bbl"
    WORK_EXPERIENCE = "work_experience"
    TRIAL = "trial"
    TRAINEESHIP = "traineeship"


class TaskFreedom(StrEnum):
    """May the task be left out (droppable), done by a colleague (movable), or neither (fixed)?"""

    FIXED = "fixed"
    DROPPABLE = "droppable"
    MOVABLE = "movable"


class TaskAnswer(StrEnum):
    """What becomes of one task for one person."""

    DONE = "done"
    ARRANGE = "arrange"
    CARVE = "carve"
    UNKNOWN = "unknown"
    BLOCKED = "blocked"


class Licence(StrEnum):
    AM = "AM"
    B = "B"
    BE = "BE"
    C = "C"
    CE = "CE"
    D = "D"
    T = "T"


class Certificate(StrEnum):
    VCA = "vca"
    FORKLIFT = "forklift"
    REACH_TRUCK = "reach_truck"
    AERIAL_PLATFORM = "aerial_platform"
    BHV = "bhv"
    FIRST_AID = "first_aid"
    HACCP = "haccp"
    CHAINSAW = "chainsaw"
    SOCIAL_HYGIENE = "social_hygiene"
    SECURITY_PASS = "security_pass"
    DRIVER_CPC = "driver_cpc"
    TAXI_CARD = "taxi_card"
    PESTICIDE = "pesticide"
    NEN_3140 = "nen_3140"
    TRAFFIC_CONTROLLER = "traffic_controller"
    OFFICE_SOFTWARE = "office_software"


class Screening(StrEnum):
    VOG = "vog"
    MINISTRY = "ministry"


class ScreeningAnswer(StrEnum):
    OBTAINED = "obtained"
    OBTAINABLE = "obtainable"
    NOT_OBTAINABLE = "not_obtainable"


class WorkSetting(StrEnum):
    """Where and how one works: what a person can wish or not want, and a vacancy can have."""

    INDOORS = "indoors"
    OUTDOORS = "outdoors"
    QUIET = "quiet"
    LIVELY = "lively"
    ALONE = "alone"
    IN_A_TEAM = "in_a_team"
    WITH_CUSTOMERS = "with_customers"
    WITH_ANIMALS_PLANTS = "with_animals_plants"
    WITH_HANDS = "with_hands"
    AT_A_DESK = "at_a_desk"
    ON_THE_MOVE = "on_the_move"
    SMALL_COMPANY = "small_company"
    LARGE_COMPANY = "large_company"


class Sector(StrEnum):
    """Sectors as advisers speak of them, coarser than SBI."""

    GOVERNMENT = "government"
    OFFICE_SERVICES = "office_services"
    LOGISTICS = "logistics"
    CLEANING = "cleaning"
    CATERING = "catering"
    RETAIL = "retail"
    GREEN = "green"
    CONSTRUCTION = "construction"
    TECHNICAL = "technical"
    MANUFACTURING = "manufacturing"
    CARE = "care"
    EDUCATION = "education"
    ICT = "ict"
    CULTURE = "culture"
    SECURITY = "security"
    TRANSPORT = "transport"
    LAUNDRY_TEXTILE = "laundry_textile"
    RECYCLING = "recycling"
    HOSPITALITY = "hospitality"
    FACILITY = "facility"


class Growth(StrEnum):
    """A growth wish of a person, or a growth path on a vacancy."""

    NONE = "none"
    MORE_TASKS = "more_tasks"
    DIPLOMA = "diploma"
    SPECIALIST = "specialist"
    SUPERVISING = "supervising"
    ADVISORY = "advisory"


class EndReason(StrEnum):
    """Why a placement ended (`domain.md`, fixed list)."""

    CONTRACT_EXPIRED = "contract_expired"
    MOVED_ON = "moved_on"
    HOURS_CHANGED = "hours_changed"
    SUPPORT_NOT_DELIVERED = "support_not_delivered"
    CONTACT_PERSON_LEFT = "contact_person_left"
    COACH_CHANGED = "coach_changed"
    WORKLOAD_HIGH = "workload_high"
    WORKLOAD_LOW = "workload_low"
    ATMOSPHERE = "atmosphere"
    TRAVEL = "travel"
    SCHOOL = "school"
    PERSONAL = "personal"
    BUSINESS_REASONS = "business_reasons"


CONSTRAINTS = tuple(Constraint)
CAPACITIES = tuple(Capacity)
QUESTIONS = tuple(Question)
TRAVEL_MODES = tuple(TravelMode)
DAYPARTS = tuple(Daypart)
WEEKDAYS = tuple(Weekday)
N_DAYPARTS = len(WEEKDAYS) * len(DAYPARTS)


def daypart_bit(day: Weekday, part: Daypart) -> int:
    """The bit of one daypart in the weekly grid of 28 bits (Monday morning is bit 0)."""
    return 1 << (WEEKDAYS.index(day) * len(DAYPARTS) + DAYPARTS.index(part))


def mask_of(members: Iterable[str], order: type[StrEnum]) -> int:
    """The bitmask of some members of a closed list, e.g. `mask_of(["car"], TravelMode)`."""
    codes = list(order)
    return sum(1 << codes.index(order(member)) for member in set(members))


def members_of(mask: int, order: type[StrEnum]) -> list[str]:
    """The members of a bitmask, in the list's order; the reverse of `mask_of`."""
    return [member.value for position, member in enumerate(order) if mask >> position & 1]
