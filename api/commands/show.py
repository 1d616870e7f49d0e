"""A ranking or an explanation as text for a terminal or a pipe, at 80 columns: words and bands, no percentages."""

from api.commands.terminal import LANGUAGE, out, say, title, words
from api.schemas.said import (
    ask_text,
    chance_text,
    changes,
    constraint_text,
    need_text,
    reason_text,
    unknown_name,
)
from api.wording import listed, sentence
from matching.profiles import VacancyProfile
from matching.ranking import RankedItem, Ranking
from scoring.explanation import AnsweredQuestion, PairExplanation
from scoring.terms import Answer, Band, Question

# From which contribution, in log-odds, how many marks; less than the last is left out.
_MARKS = ((0.6, 3), (0.25, 2), (0.02, 1))
_IN, _DEEPER = 4, 6


def vacancy_name(profile: VacancyProfile) -> str:
    """What a vacancy is called: its title, or its first task; with the employer, where that is known."""
    tasks = profile.tasks or []
    name = profile.title or tasks[0].text
    employer = profile.work_floor or profile.legal_employer
    return words("show.at_employer", name=name, employer=employer) if employer else name


def show_ranking(ranking: Ranking, profile: VacancyProfile, *, explained: bool = False) -> None:
    """Print a ranking: how many were considered, then who stands where and why."""
    title(vacancy_name(profile))
    say(
        "show.considered",
        considered=ranking.considered,
        eligible=ranking.eligible,
        shown=len(ranking.items),
        vacancy=ranking.vacancy_id,
    )
    if not ranking.items:
        say("show.nobody")
    for item in ranking.items:
        out()
        show_item(item)
        if explained:
            out()
            show_explanation(item.explanation, _IN)


def show_item(item: RankedItem) -> None:
    """Print one person at a rank: chances in tens, three reasons, what is near, to arrange and unknown."""
    locale, explanation = LANGUAGE.get(), item.explanation
    band = words(f"band.{item.band}")
    out(f"{item.rank:>2}. {item.candidate_id}  {band}")
    if item.band == Band.TOO_LITTLE_KNOWN:
        _show_questions(explanation, _IN)
    else:
        _show_chances(item, _IN)
    if item.reserved:
        say("show.reserved", _IN)
    for reason in explanation.reasons:
        out(f"- {reason_text(locale, reason)}", _IN, 2)
    for one in explanation.constraints:
        if one.answer == Answer.NEAR:
            say("show.near", _IN, 2, text=constraint_text(locale, one, explanation))
    if explanation.to_arrange:
        needs = listed(locale, [need_text(locale, one) for one in explanation.to_arrange])
        say("show.to_arrange", _IN, 2, needs=needs)
    unknown = [unknown_name(locale, one) for one in explanation.constraints if one.answer == Answer.UNKNOWN]
    if unknown:
        say("show.unknown", _IN, 2, names=listed(locale, unknown))


def _show_chances(item: RankedItem, indent: int) -> None:
    locale = LANGUAGE.get()
    said = {
        question.value: chance_text(locale, chance) for question, chance in zip(Question, item.chances, strict=True)
    }
    say("show.chances", indent, **said)


def show_pair(item: RankedItem, profile: VacancyProfile) -> None:
    """Print all that there is to say of one pair, blocked or not."""
    title(vacancy_name(profile))
    explanation = item.explanation
    if explanation.eligible:
        if item.band == Band.TOO_LITTLE_KNOWN:  # never a made-up percentage
            say("show.pair_too_little_known", candidate=item.candidate_id)
        else:
            chance = chance_text(LANGUAGE.get(), item.score, of=100)
            say("show.pair", candidate=item.candidate_id, band=item.band, chance=chance)
            _show_chances(item, 0)
    else:
        say("show.pair_blocked", candidate=item.candidate_id)
    out()
    show_explanation(explanation, 0)


def show_explanation(explanation: PairExplanation, indent: int) -> None:
    """Print the explanation of a pair: what blocks, the tasks, the constraints, the three questions, what to ask."""
    _show_changes(explanation, indent)
    if explanation.tasks:
        say("show.tasks", indent)
        for text, task_answer in explanation.tasks:
            out(f"- {text}: {words(f'task_answer.{task_answer}')}", indent + 2, 2)
    locale = LANGUAGE.get()
    say("show.constraints", indent)
    for answer in (Answer.NEAR, Answer.UNKNOWN, Answer.OK):
        for one in explanation.constraints:
            if one.answer == answer:
                text = constraint_text(locale, one, explanation)
                out(f"- {words(f'answer.{answer}')}: {text}", indent + 2, 2)
    for question in Question:
        _show_question(question, explanation.questions[question], indent)
    _show_questions(explanation, indent)


def _show_questions(explanation: PairExplanation, indent: int) -> None:
    """The questions whose answer would tell most, if any."""
    if explanation.questions_to_ask:
        say("show.questions", indent)
        for field in explanation.questions_to_ask:
            out(f"- {ask_text(LANGUAGE.get(), field)}", indent + 2, 2)


def _show_changes(explanation: PairExplanation, indent: int) -> None:
    """Why not, and what would have to change."""
    locale = LANGUAGE.get()
    blocked = [one for one in explanation.constraints if one.answer == Answer.BLOCKED]
    if blocked:
        say("show.why_not", indent)
        for one in blocked:
            out(f"- {constraint_text(locale, one, explanation)}", indent + 2, 2)
        say("show.would_have_to_change", indent)
        for reason, values in changes(explanation):
            out(f"- {sentence(locale, reason.code, values)}", indent + 2, 2)


def show_why_not(item: RankedItem, profile: VacancyProfile) -> None:
    """Print of a blocked pair what blocks it and what would have to change."""
    title(words("show.why_not_title", candidate=item.candidate_id, vacancy=vacancy_name(profile)))
    _show_changes(item.explanation, 0)


def _show_question(question: Question, answered: AnsweredQuestion, indent: int) -> None:
    """What adds to one question, the strongest first; the marks stand for log-odds."""
    locale = LANGUAGE.get()
    chance = chance_text(locale, answered.chance)
    say("show.question", indent, question=words(f"question.{question}"), chance=chance)
    for part in sorted(answered.contributions, key=lambda one: -abs(one.contribution)):
        n_marks = next((n for least, n in _MARKS if abs(part.contribution) >= least), 0)
        if n_marks:
            marks = ("+" if part.contribution > 0 else "-") * n_marks
            out(f"{marks:>3} {reason_text(locale, part.reason)}", indent + 2, 4)
