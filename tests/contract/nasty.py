"""Two hundred values that a field should survive: what is empty, huge, half, of another kind, or means something
elsewhere."""

from typing import Any

_NUMBERS: list[Any] = [
    0, -0.0, 1, -1, 2, 5, 60, 61, 100, 255, 256, 1_000, 9_999, 32_767, 65_536, 2**31 - 1, 2**31, -(2**31) - 1, 2**32,
    2**53, 2**53 + 1, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 2**64, 10**30, -(10**30), 10**4_000, 0.1, 0.5, 1.5,
    1e-7, 1e-320, 1e22, 1e308, -1e308, float("inf"), float("-inf"), float("nan"), 1e400, 24.000000000000004, 39.999999,
]  # fmt: skip
_KINDS: list[Any] = [None, True, False, [], {}, [None], [[]], [{}], {"": None}, {"a": {"b": {"c": None}}}, [[[[[[]]]]]]]
_EMPTY = [
    "",
    " ",
    "\t",
    "\n",
    "\r\n",
    "\u00a0",
    "\u200b",
    "\ufeff",
    "\u2028",
    "\u3000",
    "-",
    ".",
    "..",
    "/",
    "\\",
    "'",
    '"',
]
_WORDS_OF_CODE = [
    "null", "None", "undefined", "NaN", "Infinity", "-Infinity", "true", "True", "false", "yes", "ja", "nee", "0", "1",
    "-1", "1e5", "0x10", "1_000", "1,5", "1.5", "24", "२४", "½", "Ⅷ", "+1", "1 000", "٣", "1" * 30, "0b1", "--", "; --",
]  # fmt: skip
_DAYS = [
    "2027-02-29", "2027-13-01", "2027-00-00", "0000-01-01", "9999-12-31", "10000-01-01", "-2027-01-01", "2027-1-1",
    "20270301", "01-03-2027", "2027-03-01T00:00:00Z", "2027-03-01T25:00:00Z", "2027-W09", "2027-060", "1969-12-31",
    "2027-03-01 ", "２０２７-03-01", "now", "today", "1772323200", "2100-12-31", "1899-12-31", "2027-03-01+01:00",
]  # fmt: skip
_ELSEWHERE = [
    "' OR 1=1 --", "'; DROP TABLE candidates; --", '" OR ""="', "1; SELECT pg_sleep(9)", "%", "_", "%%", "%s%n%x",
    "{}", "{{7*7}}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>",
    "javascript:alert(1)", "&lt;b&gt;", "<!--", "]]>", "<?xml version='1.0'?>", "=1+1", "=cmd|' /C calc'!A0", "+1+1",
    "-1+1", "@SUM(1+1)", "\t=1+1", "../../etc/passwd", "..\\..\\boot.ini", "/etc/passwd", "file:///etc/passwd",
    "http://127.0.0.1/", "http://[::1]/", "http://169.254.169.254/", "$(id)", "`id`", "| id", "& id", "a\r\nX-Other: 1",
    "a\nSet-Cookie: a=b", "CON", "NUL", "c_'", "c_..", "c_%00", "c_\u0000", "*", "**", "?", "$where", "__proto__",
    "constructor", "(a+)+$", "[", "(", "a" * 20 + "!", "*)(uid=*", "AM06'", "AM99", "am06", "AM0６",
]  # fmt: skip
_LETTERS = [
    "\u0000", "a\u0000b", "\ud800", "\udfff", "a\ud83d", "\ude00a", "\x1b[31m", "\x07", "\x7f", "\u202egnp.exe",
    "\u2066a\u2069", "e\u0301" * 10, "Z\u0351\u036b" * 30, "İstanbul", "ﬁets", "ß", "ĳ", "Ǆ", "👩‍🦽", "🏳️‍🌈" * 20,
    "中文", "العربية",
    "\U0010ffff", "\uffff", "𝒜𝒷", "a" * 199, "a" * 200, "a" * 201, "a" * 1_001, "a" * 20_001, "a" * 70_000, "é" * 200,
]  # fmt: skip
_LISTS: list[Any] = [
    ["a"] * 51, ["a"] * 2_000, [0] * 201, list(range(100)), ["", " "], [True], [1.5], [["a"]], [{"a": 1}], ["a", "a"],
    {"a": 1}, {"id": "x"}, {"__proto__": {}}, {"min": 9, "max": 1}, {"a" * 300: 1}, {"\u0000": 1}, {"\ud800": 1},
    {str(number): number for number in range(300)}, {"level": "B1"}, {"group": "banenafspraak", "extra": 1},
]  # fmt: skip


def _nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


NASTY: list[Any] = [
    *_NUMBERS, *_KINDS, *_EMPTY, *_WORDS_OF_CODE, *_DAYS, *_ELSEWHERE, *_LETTERS, *_LISTS, _nested(40), _nested(500),
]  # fmt: skip
NASTY_TEXTS = [value for value in NASTY if isinstance(value, str)]
