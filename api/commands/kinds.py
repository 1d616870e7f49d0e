"""The closed lists and limits of the command line; read before anything heavy is."""

from enum import StrEnum

TOP_MOST = 1_000  # people in one ranking


class Language(StrEnum):
    """The languages of Vonk."""

    DUTCH = "nl"
    ENGLISH = "en"


class What(StrEnum):
    """What a file is about."""

    CANDIDATES = "candidates"
    VACANCIES = "vacancies"


class ReferenceKind(StrEnum):
    """The reference sets that can be imported."""

    ESCO = "esco"
    POSTCODES = "postcodes"
    REGIONS = "regions"
    CROSSWALK = "crosswalk"


class OrganisationKinds(StrEnum):
    """What an organisation is (`matching.tables.organisations.OrganisationKind`)."""

    SUPPLIER = "supplier"
    WSP = "wsp"
    NETWORK_PARTNER = "network_partner"
    CLIENT = "client"
    INCLUSIVE_EMPLOYER = "inclusive_employer"
