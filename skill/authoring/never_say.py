"""What no listener may ever hear: the never-say rules L01 to L25 (safety facts, section 5).

A rule is applied to each sentence. A sentence that refuses, negates or corrects what a rule forbids may
name it, as in "I don't aim for a pop"; only what stands before the words, in their own clause, negates them.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable

from msgspec import Struct

from skill.authoring.compile import Source
from skill.authoring.spoken import Kind, Spoken, sentences
from skill.core.library import Level

NEGATION = (
    r"\b(no(?!,)|not|never|none|nobody|nothing|without|neither|nor|cannot|avoid(s|ing)?|instead of|against"
    r"|rather than|leav(e|es|ing)( it| them| that)? out|keep the roller off|\w+n't)\b"
)
"""Words that negate what follows in their clause; the "No" of "No, ..." negates nothing."""
CLAUSE = r"\b(but|however|though|although|yet)\b|;"
"""Where a clause ends, and a negation with it."""
CORRECTION = r"\barticles?\b|\bclaim(s|ed)?\b|\bmyths?\b|\b(is|are) left out\b|(n't|\bnot) (so|true)\b"
"""Words of a sentence that tells what others say, or that it is wrong."""

POP = r"(pop|crack|click)"
DOCTOR = r"(doctor|physio|physical therapist|clinician|surgeon|\{clinician\}|professional)"
DRUG = (
    r"(ibuprofen|paracetamol|acetaminophen|aspirin|tylenol|naproxen|codeine|painkillers?|pills?|tablets?"
    r"|medicines?|medications?|drugs?|relaxants?|doses?|blood thinners?|steroids?)"
)
ILLNESS = (
    r"(strain(ed)?|sprain(ed)?|sciatica|arthritis|disc|disk|hernia|herniated|spasm|stenosis|fracture|pinched"
    r"|trapped|inflamed|inflammation|weak bones|osteoporosis|infection)"
)
COMPLAINT = r"(pains?|aches?|stiffness|sciatica|discs?|disks?|arthritis|hernia|stenosis|scoliosis|injur\w+)"
LOW_BACK = r"(your |the )?(lower back|low back|lumbar|waist|small of|tail)"
NUMBER = (
    r"(911|999|112|000|111|108|9[ -]1[ -]1|9[ -]9[ -]9|nine[ -]eleven|nine-one-one|nine one one"
    r"|nine nine nine|one one two|triple zero)"
)
COUNT = r"(one|two|three|four|five|nine|ten|twenty|hundred|thousand|million|\d+)"
PLACE = r"(spot|place|point|part|area)"
SIDED = (
    r"((side|leg|foot|ankle|knee|thigh|calf|hip|buttock|cheek|hand|arm|wrist|elbow|shoulder|end)s?\b"
    r"|(and|or) (left|right)\b)"
)


class Rule(Struct, frozen=True, kw_only=True):
    """One thing that is never said."""

    id: str
    """Its row in the safety facts."""
    says: tuple[str, ...]
    """The words, in lower case: regular expressions, of which one is enough."""
    wrong: str
    """What is wrong with them, or what to say instead."""
    negatable: bool = True
    """Whether a sentence that refuses, negates or corrects the words may hold them."""
    fine: str | None = None
    """A sentence that matches this too is fine."""
    not_in: frozenset[Kind | Level] = frozenset()
    """Kinds of text, and levels of stretches, that the rule leaves alone."""


RULES = (
    Rule(
        id="L01",
        says=(
            r"\b(safe|fine|okay|suitable|good) for (everyone|everybody|anyone|anybody|all|any back)\b",
            r"\b(totally|always|completely|perfectly|absolutely|entirely|quite) (safe|fine)\b",
        ),
        wrong="nothing is safe for everyone",
    ),
    Rule(
        id="L02",
        says=(
            r"\bno risks?\b",
            r"\bzero risk",
            r"\brisk[- ]free\b",
            r"\bwithout (any |a )?risk",
            r"\b(can't|cannot|can not|won't|will not|could never|will never|never) (hurt|harm|injure)\b",
            r"\bharmless\b",
        ),
        wrong="there is always some risk",
        fine=r"\bshould never hurt\b",
    ),
    Rule(
        id="L03",
        says=(
            r"\bguarantee",
            r"(\b(will|going to|sure to|certain to)|'ll) "
            r"(fix|cure|relieve|heal|solve|get rid of|take away|end)\b",
            r"\binstant(ly)? (relie|fix|cure|eas)",
            r"\b(always|never fails to) (work|help)s?\b",
            r"\bworks every time\b",
        ),
        wrong="no result is promised",
    ),
    Rule(
        id="L04",
        says=(
            rf"\buntil (it|you|your|the|there)\b.{{0,30}}\b{POP}(s|ped|ed)?\b",
            rf"(\b(should|will|going to)|'ll) (hear|feel)\b.{{0,15}}\b{POP}\b",
            r"\blisten(ing)? for\b",
            rf"\b(release|let go|stop|ease off) (when|once|as soon as) .{{0,25}}\b{POP}s?\b",
            r"\bchances? (of|for) .{0,15}\b(pop|crack)(ping|ing)?\b",
            rf"\b(aim(s|ing)?|wait|hope|try|work) (for|toward) (a|the) {POP}",
            rf"\bpromises? .{{0,15}}\b{POP}",
            rf"\b(get|make|help) (it|your \w+|your \w+ \w+) (to )?{POP}\b",
        ),
        wrong="a stretch ends by time or comfort, never by a pop",
    ),
    Rule(
        id="L05",
        says=(
            r"\b(harder|deeper)\b",
            r"\b(push|work|stretch|breathe|go|press) through (the |any |your |a )?(pain|discomfort|ache)",
            r"\b(use|with|put|let) (all )?(of )?your (whole |full )?(body )?weight\b",
            r"\bas (far|hard|deep) as you can\b",
            r"\bno pain,? no gain\b",
            r"\b(have|ask|get|let) (a|your|some|any)\w* ?(friend|one|body|partner|wife|husband)?\w* (to )?"
            r"(press|push|pull|walk|stand|twist|crack)",
        ),
        wrong="nothing is done with more force, and by nobody else",
    ),
    Rule(
        id="L06",
        says=(
            r"\b(re)?align(s|ed|ing|ment)?\b",
            r"\bout of (place|line|joint|alignment)\b",
            r"\b(slip|slid|slide)(s|ped|ping)? out\b",
            r"\b(put|puts|putting|pops?|popping|push|pushes|clicks?) ([a-z]+ ){0,4}back in(to)?\b",
            r"\bback in(to)? (place|line|position)\b",
            r"\badjust(s|ed|ing)? (your |the |a )?(lower |upper |mid )?"
            r"(spine|back|pelvis|hips?|vertebrae?|joints?|discs?)\b",
            r"\bsubluxat",
        ),
        wrong="nothing is out of place, and no stretch puts anything back",
        not_in=frozenset({Kind.TITLE}),
    ),
    Rule(
        id="L07",
        says=(
            r"(?<!if )(?<!when )\byou('ve| have| probably have| may have| might have| must have| likely have)"
            rf"( got)? (a |an |just |only |some )*(\w+ ){{0,2}}{ILLNESS}\b",
            r"\bsounds like\b",
            r"\b(it's|it is|that's|that is|this is) (just|only|probably|likely|most likely|surely|simply) "
            r"(a|an|your|some|muscle|muscular|gas|wear)\b",
        ),
        wrong="nobody's back is judged by voice",
    ),
    Rule(
        id="L08",
        says=(
            r"\b(treat|heal|cure|prevent|reliev|remed|fix)(e|es|s|ed|ing|y|ies)? "
            r"(your |the |a |any |all |lower |low |chronic )*((back|hip|leg|neck|nerve|joint|disc) )?"
            rf"{COMPLAINT}\b",
        ),
        wrong="a stretch treats no illness and no pain",
    ),
    Rule(
        id="L09",
        says=(
            r"\b(don't|do not|no need to|need not) worry\b",
            r"\b(nothing|not|isn't|never) (\w+ )?(serious|to worry about|a worry)\b",
            r"\b(perfectly|totally|completely|entirely) normal\b",
            r"\bignore (it|that|this|the|any|your|pain)\b",
            r"\b(no need (for|to see|to call|to ask)|don't need|do not need) (a |any |your |the )?"
            rf"({DOCTOR}|check)",
        ),
        wrong="it calms where nobody can know",
    ),
    Rule(
        id="L10",
        says=(
            r"\b(instead of|better than|as good as|replaces?|rather than|substitute for) "
            rf"(seeing |asking |calling |visiting )?(a |an |any |your |the )?({DOCTOR}|medical)",
            r"\b(doctor|physio|physician|therapist|medically)[- ]approved\b",
            r"\b(clinically|medically|scientifically) (proven|tested)\b",
            r"\bproven to\b",
        ),
        wrong="it takes no doctor's place, and nobody has approved it",
    ),
    Rule(
        id="L11",
        says=(
            r"\b(take|taking|try|use|swallow|stop|skip|double|halve|change|up) (taking )?"
            r"(up to |a |an |the |some |your |one |two |three |more |another |extra |strong |\d+ )*"
            rf"{DRUG}\b",
            r"\b\d+ ?mg\b",
            r"\bmilligrams?\b",
        ),
        wrong="no drug is advised, changed or dosed",
        fine=r"\b(do|did|if|when) you take\b|\bwhich (pills|tablets|medicines|drugs)\b",
    ),
    Rule(
        id="L12",
        says=(
            r"\b(crack|pop|twist|turn|roll|rotate|bend|stretch|tilt|snap|adjust|circle|drop) "
            r"(your |the )?(neck|head)\b",
            r"\bneck (crack|twist|roll|stretch|circle)(es|s)? (to|for|is|are|will|can)\b",
        ),
        wrong="no neck move is guided",
    ),
    Rule(
        id="L13",
        says=(
            rf"\broller\b[^,.]{{0,30}}\b(under|below|beneath|behind|on|against|across|over|to) {LOW_BACK}",
            r"\b(roll|rolling|massage) (out )?(your |the )?(lower|low) back\b",
            r"\blower (your back|yourself|your body|down) (on|onto|over) (the |a )?(foam )?roller\b",
            r"\b(lower|low) back (on|onto|over|against) (the|a) (foam )?roller\b",
        ),
        wrong="a roller goes under the lower back only in a stretch of the level cleared",
        fine=r"\bcleared\b|\bneeds a doctor|\bwho told you\b",
        not_in=frozenset({Level.CLEARED}),
    ),
    Rule(
        id="L14",
        says=(
            r"\b(press|push|dig|lean|roll|rub|massage|knead|place|put|position)(es|ing)?\b[^,.]{0,40}"
            rf"\b((sore|painful|tender|stiff|aching) ({PLACE}|back)"
            rf"|({PLACE}|where it) (that )?(hurts|is sore|aches))",
        ),
        wrong="nothing is pressed on a sore spot",
        not_in=frozenset({Kind.TITLE}),
    ),
    Rule(
        id="L15",
        says=(r"\bhold(ing)? (your|the|a) breath\b",),
        wrong="the breath is never held",
    ),
    Rule(
        id="L16",
        says=(
            r"\b(i'll|i will|i can|i'm|i am|i could|let me|we'll|we will|shall i) (now )?"
            r"(call|phone|dial|contact|get|alert|send for|calling|phoning|dialing|contacting|getting)"
            r" (you |an |a |the |your |for )*"
            rf"({NUMBER}|help|ambulance|emergency|doctor|someone|somebody|\{{emergency)",
            r"\bsave your life\b",
        ),
        wrong="the skill cannot call anyone",
    ),
    Rule(
        id="L17",
        says=(rf"\b{NUMBER}\b",),
        wrong="say {emergency_number}: it differs from place to place",
        negatable=False,
        not_in=frozenset({Kind.LOCALE}),
    ),
    Rule(
        id="L18",
        says=(
            r"\bif (it|that|this|nothing|no|the|your|you)\b.{0,40}"
            r"\b(work|help|pop|pops|crack|cracks|happen|happens|enough|stiff|bothering|bothers)\b"
            r".{0,12},? (then )?(you can |you could |please )?"
            r"(try|do|go|move|switch|use|add|push|repeat) .{0,30}"
            r"\b(strong|stronger|next|another|other|bigger|more|again|roller|further|longer)\b",
            r"\b(try|go on to|move on to|step up to|switch to) (a |an |the |something )?"
            r"(stronger|bigger|harder|more forceful)\b",
        ),
        wrong="no stronger move follows because nothing popped",
    ),
    Rule(
        id="L19",
        says=(
            r"\d ?%",
            r"\bper ?cent\b",
            rf"\b{COUNT} (in|out of) (a )?{COUNT}\b",
            r"\b(twice|(\d+|two|three|ten) times) (as|more|less) (likely|often|common)",
        ),
        wrong="a number without its study tells nobody anything: leave it out",
        negatable=False,
        not_in=frozenset({Kind.SOURCE}),
    ),
    Rule(
        id="L20",
        says=(
            r"\b(endorsed|approved|recommended|certified|backed|trusted|sponsored) by\b",
            r"\b(official|partner)\w* (of |with )?(amazon|alexa|the nhs|nhs|mayo)\b",
        ),
        wrong="nobody endorses it",
    ),
    Rule(
        id="L21",
        says=(
            r"(^|\b(then|now|and|to|you can|can|let's|please|slowly|gently|will|i'll|we|we'll) )"
            r"(crack|pop|snap) (your|the|it\b)( \w+)?",
        ),
        wrong="cracking is no instruction: say what is stretched",
        fine=r"\b(urge|needs?|wants?|habit) to (crack|pop|snap)\b",
    ),
    Rule(
        id="L22",
        says=(
            r"\btoxins?\b",
            r"\bdetox",
            r"\breset(s|ting)? (your|the)\b",
            r"\btrapped (energy|gas|air|nerves?|tension)\b",
            r"\benergy (flow|field|block)",
            r"\bfree(s|ing)? (your |the )?energy\b",
        ),
        wrong="the body holds no toxins and no trapped energy",
        fine=r"\breleases? no toxins\b",
    ),
    Rule(
        id="L23",
        says=(
            r"\b(always|never) (works?|helps?|hurts?|pops?|cracks?|fails?|causes?|means?|harms?|safe"
            r"|dangerous|goes|comes|gets?|leads?|happens?)\b",
            r"\b(everyone|everybody|anyone|anybody|every back|all backs) "
            r"(can|should|will|needs?|gets?|does|feels?|pops?|cracks?|is|has)\b",
        ),
        wrong="backs differ: say often, may or most",
        fine=r"\bshould never hurt\b",
        not_in=frozenset({Kind.SOURCE}),
    ),
    Rule(
        id="L24",
        says=(
            r"(?<!\bto the )(?<!\btoward the )(?<!\bon the )(?<!\bto your )(?<!\btoward your )(?<!\bon your )"
            rf"(?<!\band )(?<!\bor )\b(left|right)\b(?! {SIDED})",
        ),
        wrong="left and right are sides, and nothing else: say stopped, to go, okay or now",
        negatable=False,
        not_in=frozenset({Kind.SIDE}),
    ),
    Rule(
        id="L25",
        says=(
            r"\bgood to go\b",
            r"\ball clear\b",
            r"\byou('ve| have)? passed\b",
            r"\bpassed the\b",
            r"\b(is|are|be|it's|you're) (now )?safe to (stretch|start|begin)\b",
            rf"\b(nice|great|good|lovely|perfect|satisfying|beautiful|well done)\b.{{0,12}}\b{POP}\b",
        ),
        wrong="the screen clears nobody, and a pop earns no praise",
        negatable=False,
    ),
)
"""The rules, in the order of the safety facts."""


def check(source: Source, texts: Iterable[Spoken]) -> None:
    """Add each sentence that says what is never said."""
    for text in texts:
        for rule, words in broken(text.text, text.kind, text.level):
            source.wrong(text.file, text.path, f"{rule.id}, {words!r}: {rule.wrong}")


@functools.lru_cache(maxsize=4096)
def broken(text: str, kind: Kind, level: Level | None = None) -> tuple[tuple[Rule, str], ...]:
    """Return the rules that a text breaks, each with the words that do.

    Args:
        text: the words.
        kind: what it is.
        level: the level of its stretch.
    """
    rules = [rule for rule in RULES if kind not in rule.not_in and level not in rule.not_in]
    return tuple(
        (rule, words)
        for sentence in sentences(text.lower().replace("\u2019", "'"))
        for rule in rules
        if (words := _said(rule, sentence))
    )


def _said(rule: Rule, sentence: str) -> str | None:
    """Return the words of a sentence that a rule forbids, if it has any that nothing excuses."""
    if rule.fine and re.search(rule.fine, sentence):
        return None
    for says in rule.says:
        for match in re.finditer(says, sentence):
            clause = re.split(CLAUSE, sentence[: match.start()])[-1]
            negated = re.search(NEGATION, clause) or re.search(CORRECTION, sentence)
            if not (rule.negatable and negated):
                return match.group().strip()
    return None
