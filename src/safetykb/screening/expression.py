"""The screen as one ibis expression: a table of patients joined with the closed tables, patient first, equality joins.

The steps are those of ``safetykb.reasoning.matching`` and ``building``, in their order and under their names. A set of
states is a number with one bit for each state that the claim asks for, in the order of the record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from safetykb.model.choices import Kind
from safetykb.model.scales import Basis, Concern, Directness, EvidenceLevel, Scale
from safetykb.reasoning.findings import Place
from safetykb.screening.closed import FREE, NO_LEVEL, OPEN, SHUT, TRUTHS, WORDS
from safetykb.screening.needs import Column, Expression
from safetykb.screening.population import ID, NUMBERS, PLAIN, PREGNANCY, long_names, nothing
from safetykb.screening.vocabulary import NAMES

OTHER_MEASURE: Final = {"crcl": "egfr", "egfr": "crcl"}
_NO: Final = False
MET, NOT_MET = "met", "open"
STATED_WORDS: Final = frozenset(
    {
        *(str(member) for scale in (Basis, Concern, Directness) for member in scale),
        *(str(level) for level in EvidenceLevel.members()),
        *(place.value for place in Place),
        *(MET, NOT_MET),
    }
)
"""What a finding says in words, beside the words of the closed tables."""
CASE: Final = ("asked", "condition", "case")
"""The columns that tell one medicine in one condition, with what facts say of states, from another."""
PAIR: Final = (ID, "asked", "condition")
"""The columns that tell one medicine in one condition of one patient."""
_SETS: Final = ("yes", "no", "direct")
FINDING: Final = (
    *("compound", "asked", "condition", "claim", "kind", "hazard", "concern", "status", "block", "basis", "level"),
    *("directness", "inferred", "personal", "partners", "missing", "exposure_open", "folded_under", "headline"),
)
"""The columns of a finding, after its patient."""
SHOWN: Final = "shown"
_GRADED: Final = (
    *("compound", "claim", "kind", "hazard", "serious", "concern", "basis", "level", "directness", "block", "inferred"),
    *("personal", "speaks", "near", "is_open", "open_states", "exposure", "other", "taken", "met", "partners"),
)
_LOWEST: Final = EvidenceLevel.members()[-1].rank


class Screening:
    """The screen of ``plain_patients`` by the tables of ``ClosedTables``, as steps: each is an expression over others.

    What a patient's facts say of the states that claims ask for is three sets, ``yes``, ``no`` and ``direct``: the bits
    of as many numbers as are needed. A claim without another medicine reads nothing else of a patient. So those claims
    are answered once for each case, which is a medicine in a condition with such sets, and not once for each patient.

    The steps: ``stated``, ``cases``, ``pairs``; ``alone`` graded and answered; ``together``, ``beside`` graded and
    answered; ``findings``, ``not_checked`` and ``summary``.
    """

    def __init__(
        self,
        patients: Expression,
        closed: Mapping[str, Expression],
        *,
        states: int,
        numbers: int,
        at_least: Concern | None,
    ) -> None:
        """Screen ``patients``; the rest are the fields of ``ClosedTables``, and the least concern of a finding."""
        self.patients: Expression = patients
        self.closed: Mapping[str, Expression] = closed
        self.states: int = states
        self.numbers: int = numbers
        self.floor: int = at_least.rank if at_least else 0
        self.scope: str = f" at {at_least} or above" if at_least else ""
        self.sets: tuple[str, ...] = tuple(f"{kind}{number}" for kind in _SETS for number in range(numbers))

    # --- who takes what, and has what -----------------------------------------------------------------------------

    def takes(self) -> Expression:
        """Return a row for each medicine taken, as it is asked for."""
        names = long_names(self.patients, "medications")
        return names.join(self.closed["medicines"], "name").select(ID, "asked", "compound").distinct()

    def asked_conditions(self) -> Expression:
        """Return a row for each condition had."""
        names = long_names(self.patients, "conditions")
        return names.join(self.closed["conditions"], "name").select(ID, "condition").distinct()

    def stated(self) -> Expression:
        """A row for each medicine taken, as it is asked for, in each condition had, with the sets of its claims."""
        complete = self.patients.select(ID, complete=self.patients.medications_complete)
        rows = self.takes().join(self.asked_conditions(), ID).join(complete, ID)
        rows = rows.join(self.closed["asks"], "asked")
        rows = rows.left_join(self.facts(), ID, rname="{name}_stated")
        rows = rows.left_join(self.allergies(), [ID, "compound"], rname="{name}_allergic")
        sets: dict[str, Any] = {}
        for number in range(self.numbers):
            yes, no, direct = (rows[f"{kind}{number}"].fill_null(0) for kind in _SETS)
            also_yes, also_direct = (rows[f"{kind}{number}_allergic"].fill_null(0) for kind in ("yes", "direct"))
            asked, yes = rows.bits[number], yes | also_yes
            sets |= {
                f"yes{number}": yes & asked,
                f"no{number}": _without(no, yes) & asked,
                f"direct{number}": (direct | also_direct) & asked,
            }
        return rows.select(*PAIR, "compound", "complete", **sets)

    def cases(self, stated: Expression) -> Expression:
        """Return a row for each case, numbered within its medicine and condition."""
        import ibis

        cases = stated.select("asked", "compound", "condition", *self.sets).distinct()
        window = ibis.window(group_by=["asked", "condition"], order_by=[*self.sets])
        return cases.mutate(case=ibis.row_number().over(window))

    def pairs(self, stated: Expression, cases: Expression) -> Expression:
        """Return the rows of ``stated``, each with the number of its case in the place of the sets."""
        rows = stated.join(cases.drop("compound"), ["asked", "condition", *self.sets])
        return rows.select(*PAIR, "compound", "complete", "case")

    def values(self) -> Expression:
        """A row for each value that a test may ask for. ``held``: a fact that was stated; ``refutes``: it can."""
        import ibis

        rows = []
        patients = self.patients
        text, number = ibis.null().cast("string"), ibis.null().cast("float64")
        for field in (*NUMBERS, *TRUTHS):
            stated = patients.filter(patients[field].notnull())
            rows.append(
                _value(
                    stated,
                    field,
                    stated[field].cast("int8").cast("float64") if field in TRUTHS else stated[field],
                    text,
                )
            )
        for field in WORDS:
            stated = patients.filter(patients[field].notnull())
            rows.append(_value(stated, field, number, stated[field]))
        for field, other in OTHER_MEASURE.items():
            stated = patients.filter(patients[field].isnull() & patients[other].notnull())
            rows.append(_value(stated, field, stated[other], text, refutes=False))
        for field in PREGNANCY:
            men = patients.filter(patients[field].isnull() & (patients.sex == "male"))
            rows.append(_value(men, field, ibis.literal(0.0), text, held=False))
        return ibis.union(*rows)

    def tested(self) -> Expression:
        """The states that values mean, or rule out."""
        import ibis

        joined = self.values().join(self.closed["tests"], "field", rname="{name}_asked")
        value, limit = joined.number, joined.bound
        met = ibis.cases(
            (joined.comparison == "<", value < limit),
            (joined.comparison == "<=", value <= limit),
            (joined.comparison == "=", value == limit),
            (joined.comparison == ">=", value >= limit),
            (joined.comparison == ">", value > limit),
            (joined.comparison == "text", joined.text == joined.text_asked),
            else_=False,
        )
        rows = joined.mutate(met=met)
        found = rows.group_by(ID, "state").agg(
            has=(rows.met & rows.held).any(),
            hit=rows.met.any(),
            missed=(~rows.met & rows.refutes).cast("int64").sum(),
            total=rows.total.max(),
        )
        known = found.filter(found.has | (~found.hit & (found.missed == found.total)))
        return known.join(self.closed["closure"], ["state", "has"]).select(ID, "has", "direct", state="reached")

    def named(self) -> Expression:
        """The states that names mean, or rule out."""
        import ibis

        fields = ("conditions", "past", "has_not", "allergies", "genotypes")
        names = ibis.union(*(long_names(self.patients, field) for field in fields))
        return names.join(self.closed["named_states"], ["field", "name"]).select(ID, "has", "direct", "state")

    def without_allergy(self) -> Expression:
        """Return the states that are ruled out where it was said that there is no allergy."""
        import ibis

        none = self.patients.filter(self.patients.allergies.length() == 0).select(ID)
        false = ibis.literal(value=False)
        return none.cross_join(self.closed["no_allergy"]).select(ID, has=false, direct=false, state="state")

    def facts(self) -> Expression:
        """What facts of a patient say of states, as sets."""
        import ibis

        rows = ibis.union(self.tested(), self.named(), self.without_allergy()).join(self.closed["places"], "state")
        return rows.group_by(ID).agg(**self.sets_of(rows))

    def allergies(self) -> Expression:
        """What an allergy says of states to a patient who takes a compound, as sets."""
        import ibis

        told = long_names(self.patients, "allergies").join(self.closed["allergic"], "name")
        rows = told.join(self.closed["places"], "state").mutate(has=ibis.literal(value=True))
        return rows.group_by(ID, "compound").agg(**self.sets_of(rows))

    def sets_of(self, rows: Expression) -> dict[str, Column]:
        """Return what facts say of states, for the rows of a group."""
        import ibis

        bit_or = _bit_or()
        said = zip(_SETS, (rows.has, ~rows.has, rows.has & rows.direct), strict=True)
        return {
            f"{kind}{number}": bit_or(ibis.ifelse(where & (rows.number == number), rows.bit, 0))
            for kind, where in said
            for number in range(self.numbers)
        }

    def set_of(self, rows: Expression, kind: str) -> Column:
        """Return the states that the claim of a row asks for and that a set holds, in the order of the record."""
        import ibis

        found = ibis.literal(0).cast("int64")
        for place in range(self.states):
            numbers = ((rows.at_number[place] == number, rows[f"{kind}{number}"]) for number in range(self.numbers))
            held = ibis.cases(*numbers, else_=0) & rows.at_bit[place]
            found |= ibis.ifelse(held != 0, 1 << place, 0).cast("int64")
        return found

    # --- sides and partners ---------------------------------------------------------------------------------------

    def alone(self, cases: Expression) -> Expression:
        """The claims that need no other medicine, for each case."""
        import ibis

        stands = self.closed["stands"]
        rows = cases.join(stands.filter(~stands.other), "asked")
        return rows.select(
            *(*CASE, *self.sets, "compound", "claim", "other"),
            signal=rows.signal0,
            own_path=rows.level0,
            linked=rows.linked0,
            exposure=rows.exposure0,
            unbanded=ibis.literal(value=False),
            partner_level=ibis.literal(NO_LEVEL).cast("int64"),
            taken=ibis.literal(value=False),
            met=ibis.literal(value=False),
            partners=nothing(),
        )

    def together(self, pairs: Expression) -> Expression:
        """The claims about the compound with another medicine, where the patient takes one that fills the claim."""
        taken = pairs.select(ID, taken="compound").distinct()
        both = pairs.select(*PAIR, "compound", "complete").join(taken, ID)
        both = both.filter(both.compound != both.taken)
        links = both.join(self.closed["taken_links"], ["asked", "taken"])
        classes = both.join(self.closed["class_links"], ["asked", "condition", "taken"])
        columns = [*PAIR, "complete", "taken", *_LINK]
        rows = links.select(columns).union(classes.select(columns))
        rows = rows.filter(~(rows.complete & rows.absent))
        told: dict[str, Any] = {}
        for side in (0, 1):
            mine, kept = rows.side == side, rows[f"kept{side}"]
            for word, best, unbanded in (("banded", "best", ~rows.unbanded), ("loose", "loosest", rows.unbanded)):
                told[f"{word}{side}"] = (mine & unbanded).any()
                told[f"{best}{side}"] = rows.level.max(where=mine & unbanded & kept)
                told[f"{best}_met{side}"] = rows.level.max(where=mine & unbanded & kept & rows.met)
            told[f"met_banded{side}"] = (rows.met & kept & ~rows.unbanded).any()
            told[f"met{side}"] = (rows.met & kept).any()
            told[f"members{side}"] = rows.taken.collect(where=rows.met & kept)
        found = rows.group_by(*PAIR, "claim").agg(**told, views=rows["view"].collect())
        return found.join(self.closed["stands"], ["asked", "claim"])

    def beside(self, together: Expression, pairs: Expression, cases: Expression) -> Expression:
        """Put the medicines taken and the other treatments together, and take the side that goes first."""
        import ibis

        rows = together.join(pairs, PAIR).join(cases.drop("compound"), CASE)
        rows = rows.left_join(self.closed["usual_links"], ["asked", "condition", "claim"], rname="{name}_usual")
        told: dict[str, Any] = {}
        for side in (0, 1):
            for word in (f"banded{side}", f"loose{side}"):
                told[word] = rows[word] | (rows[f"{word}_usual"] & ~rows.complete).fill_null(_NO)
            for word in (f"best{side}", f"loosest{side}"):
                usual = ibis.ifelse(rows.complete, -1, rows[f"{word}_usual"].fill_null(-1))
                told[word] = ibis.greatest(rows[word].fill_null(-1), usual)
        rows = rows.mutate(**told)
        weak = {}
        for side in (0, 1):
            some = rows[f"banded{side}"] | rows[f"loose{side}"]
            unbanded = ibis.ifelse(some, ~rows[f"banded{side}"], rows[f"unbanded{side}"])
            signal = rows[f"signal{side}"].cast("int64")
            weak[f"no_band{side}"] = unbanded
            weak[f"weakness{side}"] = (~some).cast("int64") * 4 + unbanded.cast("int64") * 2 + signal
        rows = rows.mutate(**weak)
        rows = rows.mutate(first=rows.exists0 & (~rows.exists1 | (rows.weakness0 <= rows.weakness1)))

        def of(word: str) -> Column:
            return ibis.ifelse(rows.first, rows[f"{word}0"], rows[f"{word}1"])

        met = of("met_banded") | (of("no_band") & of("met"))
        best, loosest = of("best"), of("loosest")
        best_met, loosest_met = of("best_met").fill_null(-1), of("loosest_met").fill_null(-1)
        levels = ((best_met >= 0, best_met), (of("no_band") & (loosest_met >= 0), loosest_met))
        return rows.select(
            *(*PAIR, *self.sets, "compound", "complete", "claim", "other"),
            signal=of("signal"),
            own_path=of("level"),
            linked=of("linked"),
            exposure=of("exposure"),
            unbanded=of("no_band"),
            partner_level=ibis.cases(*levels, (best >= 0, best), (loosest >= 0, loosest), else_=NO_LEVEL),
            taken=of("met"),
            met=met,
            partners=of("members").unique(),
            views=rows["views"].unique(),
        )

    # --- what applies ---------------------------------------------------------------------------------------------

    def applying(self, rows: Expression) -> Expression:
        """Return every claim that applies, of ``alone`` or ``beside``, with what is open and what is personal."""
        import ibis

        rows = rows.join(self.closed["claims"], "claim")
        rows = rows.left_join(self.closed["bearings"], ["condition", "claim"], rname="{name}_of")
        rows = rows.left_join(
            self.closed["treats"].mutate(treats=ibis.literal(value=True)),
            ["asked", "condition"],
            rname="{name}_treated",
        )
        sets = {name: rows[name].fill_null(0) for name in ("diagnosis", "flowed", "narrower", "unknown", "scarce")}
        sets |= {kind: self.set_of(rows, kind) for kind in _SETS}
        rows = rows.mutate(**sets, treats=rows.treats.fill_null(_NO))
        rows = rows.mutate(yes=_without(rows.yes, rows.diagnosis), no=_without(rows.no, rows.diagnosis))
        no_increase = rows.kind == str(Kind.NO_INCREASE)
        flows = (rows.flowed != 0) | (_without(rows.yes, rows.direct) != 0)
        apart = _without(rows.unknown | rows.narrower, rows.yes) != 0
        scarce = (_without(rows.scarce, rows.yes) != 0) & (rows.serious == 0)
        rows = rows.filter(
            rows.no == 0,
            rows.exposure != SHUT,
            ~(no_increase & flows),
            ~(rows.joined & ((rows.exposure != FREE) | apart | scarce)),
        )
        level = NO_LEVEL
        for bit in range(self.states):
            there = rows.joined & ((rows.yes & (1 << bit)) == 0)
            level = ibis.least(level, ibis.ifelse(there, rows.levels[bit].fill_null(NO_LEVEL), NO_LEVEL))
        speaks = (rows.diagnosis != 0) | (_without(rows.narrower, rows.yes) != 0)
        open_states = ibis.ifelse(rows.joined, 0, _without(_without(rows.size, rows.diagnosis), rows.yes))
        own_label = rows.treats & (rows.label_of == rows.compound)
        return rows.mutate(
            state_level=level,
            speaks_of_condition=speaks,
            open_states=open_states,
            own_label=own_label,
            speaks=speaks | own_label,
            is_open=(open_states != 0) | (rows.exposure == OPEN) | (rows.other & ~rows.met),
            personal=(rows.yes != 0) | rows.taken,
            origin_joined=rows.joined | rows.unbanded,
        )

    def graded(self, rows: Expression, *also: str) -> Expression:
        """Return every claim that applies with its concern, level, basis, directness, block, and columns ``also``."""
        import ibis

        rows = self.applying(rows)
        joined, signal = rows.origin_joined, rows.signal
        level = ibis.least(rows.own_level, rows.own_path, rows.state_level, rows.partner_level)
        level = ibis.greatest(level - signal.cast("int64"), _LOWEST)
        level = ibis.greatest(level - joined.cast("int64"), _LOWEST)
        of_signal = ibis.ifelse(rows.treats, Concern.MONITOR.rank, Concern.CAUTION.rank)
        concern = ibis.ifelse(signal, ibis.least(rows.concern, of_signal), rows.concern)
        concern = ibis.ifelse(joined, ibis.least(concern, Concern.CAUTION.rank), concern)
        basis = ibis.ifelse(joined, Basis.INFERENCE.rank, rows.basis)
        rows = rows.mutate(level=level, concern=concern, basis=basis)
        rows = rows.mutate(inferred=rows.origin_joined | (rows.basis == Basis.INFERENCE.rank))
        direct = rows.speaks_of_condition | rows.other | rows.personal | rows.own_label
        directness = ibis.cases(
            (rows.inferred, Directness.INFERRED.rank),
            (rows.linked | rows.signal, Directness.CLASS.rank),
            (direct, Directness.DIRECT.rank),
            else_=Directness.GENERAL.rank,
        )
        heavy = rows.concern >= Concern.AVOID.rank
        stated = ~rows.inferred
        block = ibis.cases(
            (stated & ~rows.is_open & (rows.speaks | heavy | rows.personal), _place(Place.KNOWN)),
            (stated & rows.is_open & heavy, _place(Place.NOT_IF)),
            (rows.taken, _place(Place.TAKEN)),
            (rows.kind == str(Kind.MONITORING), _place(Place.MONITORING)),
            (rows.joined & (rows.size != 0), _place(Place.CONDITION)),
            (rows.other, _place(Place.TREATMENTS)),
            else_=_place(Place.EVERYBODY),
        )
        return rows.mutate(directness=directness, block=block, near=direct).select(*also, *_GRADED)

    # --- folded ---------------------------------------------------------------------------------------------------

    def folds_alone(self, rows: Expression) -> Expression:
        """Return what each inferred finding is folded under: the first of its hazard that speaks and is met."""
        mine = rows.filter(rows.inferred).select(*CASE, "claim", "hazard")
        over = rows.filter(~rows.inferred, rows.speaks, ~rows.is_open)
        over = over.select(*CASE, "hazard", place=_order(over))
        return _first(mine.join(over, [*CASE, "hazard"]), CASE)

    def folds_beside(self, rows: Expression) -> Expression:
        """Return what each inferred finding is folded under: the first of its hazard that holds all its partners."""
        mine = rows.filter(rows.inferred).select(*PAIR, "claim", "hazard", "complete", "views")
        over = rows.filter(~rows.inferred)
        over = over.select(*PAIR, "hazard", "views", over="claim", place=_order(over))
        both = mine.join(over, [*PAIR, "hazard"], rname="{name}_over")
        both = both.filter(_within(both.views, both.views_over))
        usual = self.closed["usual_links"].select("asked", "condition", "claim", usual="views")
        both = both.left_join(usual, ["asked", "condition", "claim"], rname="{name}_mine")
        theirs = usual.select("asked", "condition", over="claim", usual_over="usual")
        both = both.left_join(theirs, ["asked", "condition", "over"], rname="{name}_theirs")
        none = nothing()
        within = _within(both.usual.fill_null(none), both.usual_over.fill_null(none))
        return _first(both.filter(both.complete | within), PAIR)

    def answered(self, rows: Expression, folds: Expression, keys: Sequence[str]) -> Expression:
        """Return a row for each finding that ``graded`` gave, with the columns ``keys``.

        ``shown``: whether it is of the concern asked for; one that is not counts for the concern of a patient as well.
        """
        import ibis

        rows = rows.left_join(folds, [*keys, "claim"], rname="{name}_folded")
        rows = rows.filter(~rows.other | rows.taken)
        states = self.closed["open_states"].select("claim", open_states="mask", missing="states")
        rows = rows.left_join(states, ["claim", "open_states"], rname="{name}_missing")
        heavy = rows.concern >= Concern.AVOID.rank
        sets = ~rows.is_open & (~rows.inferred | rows.personal)
        weakly = rows.taken & ~rows.met & (rows.open_states == 0) & (rows.exposure != OPEN)
        watched = (rows.kind == str(Kind.MONITORING)) & (rows.basis == Basis.AUTHORITY.rank)
        of = ibis.cases((rows.speaks | rows.personal | heavy, rows.concern), (watched, Concern.MONITOR.rank), else_=0)
        by_inference = ibis.ifelse(weakly, ibis.least(rows.concern, Concern.CAUTION.rank), 0)
        none = nothing()
        told: dict[str, Any] = {
            "concern": _word(rows.concern, Concern, rows.kind),
            "status": ibis.ifelse(rows.is_open, NOT_MET, MET),
            "block": _places(rows.block),
            "basis": _word(rows.basis, Basis),
            "level": ibis.cases(*((rows.level == level.rank, str(level)) for level in EvidenceLevel.members())),
            "directness": _word(rows.directness, Directness),
            "partners": rows.partners.sort(),
            "missing": rows.missing.fill_null(none),
            "exposure_open": rows.exposure == OPEN,
            "headline": _word(ibis.ifelse(sets, of, by_inference), Concern, ibis.null().cast("string")),
            SHOWN: rows.concern >= self.floor,
        }
        columns = dict.fromkeys([*keys, *FINDING, SHOWN])
        return rows.select(**{name: told[name] if name in told else rows[name] for name in columns})

    def findings(self, pairs: Expression, of_cases: Expression, beside: Expression) -> Expression:
        """Return a row for each finding: of the pairs by their cases, and of the pairs themselves."""
        rows = pairs.select(ID, *CASE).join(of_cases.filter(of_cases[SHOWN]), CASE)
        return rows.select(ID, *FINDING).union(beside.filter(beside[SHOWN]).select(ID, *FINDING))

    # --- what is not checked --------------------------------------------------------------------------------------

    def not_checked(self) -> Expression:
        """A row for each name that nothing here knows, and for each value that is not used."""
        import ibis

        rows = []
        none = nothing()
        for field in NAMES:
            names = long_names(self.patients, field).join(self.closed["unknown"], ["field", "name"])
            rows.append(names.select(ID, "field", "name", "reason", "suggestions").distinct())
        for field in PLAIN:
            bad = self.patients.filter(self.patients[f"{field}?"].notnull())
            name = ibis.null().cast("string")
            rows.append(bad.select(ID, field=ibis.literal(field), name=name, reason=bad[f"{field}?"], suggestions=none))
        return ibis.union(*rows)

    def summary(
        self, pairs: Expression, of_cases: Expression, beside: Expression, not_checked: Expression
    ) -> Expression:
        """Return one row for each patient, whatever was found and not checked.

        ``concern`` is the highest that is known to hold, whether it is asked for or not, or ``undetermined``;
        ``outcome`` says why nothing was found.
        """
        import ibis

        cases = _counted(of_cases, CASE)
        rows = pairs.select(ID, *CASE).left_join(cases, CASE, rname="{name}_c")
        counts = rows.group_by(ID).agg(pairs=rows.count(), **_totals(rows))
        counts = counts.union(
            _counted(beside, (ID,)).mutate(pairs=ibis.literal(0).cast("int64")).select(counts.columns)
        )
        counts = counts.group_by(ID).agg(pairs=_sum(counts.pairs), **_totals(counts))
        unchecked = not_checked.group_by(ID).agg(not_checked=not_checked.count())
        rows = self.patients.select(ID).left_join(counts, ID, rname="{name}_c")
        rows = rows.left_join(unchecked, ID, rname="{name}_u")
        numbers = ("pairs", "findings", "met", "open", "rank", "not_checked")
        rows = rows.mutate(**{name: rows[name].fill_null(0) for name in numbers})
        outcome = ibis.cases(
            (rows.findings > 0, "findings"),
            (rows.pairs > 0, f"no finding{self.scope} (this is not reassurance)"),
            (rows.not_checked > 0, "not assessed: no medicine in a condition that is known here"),
            else_="not assessed: no medicine in a condition that is asked about here was stated",
        )
        concern = _word(rows["rank"], Concern, ibis.literal("undetermined"))
        return rows.select(
            ID,
            "pairs",
            concern=concern,
            findings="findings",
            met="met",
            open="open",
            not_checked="not_checked",
            outcome=outcome,
        )


_LINK: Final = ("claim", "side", "unbanded", "level", "kept0", "kept1", "met", "absent", "view")
_PLACES: Final = tuple(Place)
_COUNTS: Final = ("findings", "met", "open")


def _counted(found: Expression, keys: Sequence[str]) -> Expression:
    """Return how many findings are shown, met and open, and the rank of the highest concern that is known to hold."""
    ranks = found.mutate(rank=_rank_of(found.headline, Concern), is_met=found.status == MET)
    return ranks.group_by(*keys).agg(
        findings=ranks.count(where=ranks[SHOWN]),
        met=ranks.count(where=ranks[SHOWN] & ranks.is_met),
        open=ranks.count(where=ranks[SHOWN] & ~ranks.is_met),
        rank=ranks["rank"].max(),
    )


def _sum(column: Column) -> Column:
    """Return a sum as the number that ibis takes it for: DuckDB's is wider, and parquet has none as wide."""
    return column.sum().cast("int32").cast("int64")


def _totals(counts: Expression) -> dict[str, Column]:
    return {name: _sum(counts[name]) for name in _COUNTS} | {"rank": counts["rank"].max()}


def _first(folds: Expression, keys: Sequence[str]) -> Expression:
    first = folds.group_by(*keys, "claim").agg(place=folds.place.min())
    return first.select(*keys, "claim", folded_under=first.place.substr(_RANKS))


def _value(
    rows: Expression, field: str, number: Column, text: Column, *, held: bool = True, refutes: bool = True
) -> Expression:
    import ibis

    return rows.select(
        ID,
        field=ibis.literal(field),
        number=number,
        text=text,
        held=ibis.literal(value=held),
        refutes=ibis.literal(value=refutes),
    )


def _bit_or() -> Any:
    """Return the aggregate of this name, which DuckDB and Spark have; for Spark ibis has no word for it."""
    import ibis

    return ibis.udf.agg.builtin(lambda bits: bits, name="bit_or", signature=(("int64",), "int64"))


def _without(mine: Column, theirs: Column) -> Column:
    """Return the states of one set that another has not; ibis writes ``~`` before an expression without parentheses."""
    return mine - (mine & theirs)


def _within(mine: Column, theirs: Column) -> Column:
    return mine.intersect(theirs).length() == mine.length()


def _place(place: Place) -> int:
    return _PLACES.index(place)


def _places(column: Column) -> Column:
    import ibis

    return ibis.cases(*((column == number, place.value) for number, place in enumerate(_PLACES)))


def _word(column: Column, scale: type[Scale], otherwise: Any = None) -> Column:
    import ibis

    return ibis.cases(*((column == member.rank, str(member)) for member in scale), else_=otherwise)


def _rank_of(column: Column, scale: type[Scale]) -> Column:
    import ibis

    return ibis.cases(*((column == str(member), member.rank) for member in scale), else_=0)


_RANKS: Final = 7
"""How many digits stand before the id in the place of a finding."""


def _order(rows: Column) -> Column:
    """Return the place of a finding that is not inferred as a text that sorts: one digit a rank, then its id."""
    import ibis

    far = ibis.ifelse(rows.near, 0, 1)
    ranks = (rows.block, 9 - rows.concern, 9 - rows.basis, 9 - rows.level, far, 9 - rows.serious, 9 - rows.directness)
    text = ibis.literal("")
    for rank in ranks:
        text = text.concat(rank.cast("string"))
    return text.concat(rows.claim)
