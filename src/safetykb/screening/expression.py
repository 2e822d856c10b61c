"""The screen as one ibis expression: a table of patients joined with the closed tables, patient first, equality joins.

The steps are those of ``safetykb.reasoning.matching`` and ``building``, in their order and under their names. A set of
states is a number with one bit for each state that the claim asks for, in the order of the record.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from safetykb.model.choices import Kind
from safetykb.model.patient import RANGES
from safetykb.model.scales import Basis, Concern, Directness, EvidenceLevel, Scale
from safetykb.reasoning.findings import Place
from safetykb.screening.closed import FREE, NO_LEVEL, OPEN, SHUT, TRUTHS, WORDS
from safetykb.screening.needs import Column, Expression
from safetykb.screening.vocabulary import NAMES

ID: Final = "patient"
GIVEN_ID: Final = "id"
"""The column of a table of patients that tells one from the other."""
NUMBERS: Final = (*RANGES, "systolic", "diastolic")
PLAIN: Final = (*NUMBERS, *TRUTHS, *WORDS, "medications_complete")
OTHER_MEASURE: Final = {"crcl": "egfr", "egfr": "crcl"}
OUTSIDE: Final = "this is outside what a person can have, or no such value"
AGAINST_SEX: Final = "sex says male and this says otherwise"
_NO: Final = False
_PREGNANCY: Final = ("pregnant", "could_become_pregnant", "breastfeeding")
_LOWEST: Final = EvidenceLevel.members()[-1].rank


def plain_patients(table: Expression) -> Expression:
    """Return ``table`` with every column that a patient may have, each of its own type, and no other."""
    import ibis

    columns: dict[str, Any] = {ID: table[GIVEN_ID].cast("string")}
    for name in PLAIN:
        kind = "float64" if name in NUMBERS else "string" if name in WORDS else "boolean"
        columns[name] = table[name].try_cast(kind) if name in table.columns else ibis.null().cast(kind)
    for name in NAMES:
        columns[name] = _names(table, name)
    for name in PLAIN:
        columns[f"{name}?"] = _stated(table, name) if name in table.columns else ibis.literal(value=False)
    return _checked(table.select(**columns))


def _stated(table: Expression, name: str) -> Column:
    column = table[name]
    return (column.notnull() & (column != "")) if column.type().is_string() else column.notnull()


def _names(table: Expression, name: str) -> Column:
    """Return a list of names; in a text they stand apart by semicolons, and ``none`` is an empty list."""
    import ibis

    if name not in table.columns:
        return ibis.null().cast("array<string>")
    column = table[name]
    if column.type().is_array():
        return column.cast("array<string>")
    text = column.cast("string").strip()
    empty = _nothing()
    several = text.split(";").map(lambda part: part.strip()).filter(lambda part: part != "")
    return ibis.cases(
        (text.isnull() | (text == ""), ibis.null().cast("array<string>")), (text == "none", empty), else_=several
    )


def _checked(table: Expression) -> Expression:
    """Leave out each value that no person can have; ``?`` then tells that one was stated and is not used."""
    import ibis

    changed: dict[str, Any] = {}
    ranges = {**RANGES, "systolic": (20, 350), "diastolic": (0, 250)}
    for name in PLAIN:
        column = table[name]
        if name in NUMBERS:
            low, high = ranges[name]
            good = column.between(low, high)
        elif name in WORDS:
            good = column.isin(["female", "male"] if name == "sex" else ["A", "B", "C"])
        else:
            good = column.notnull()
        if name in _PREGNANCY:
            good &= ~(column & (table["sex"] == "male").fill_null(_NO))
        changed[name] = ibis.ifelse(good.fill_null(_NO), column, ibis.null().cast(column.type()))
        changed[f"{name}?"] = table[f"{name}?"] & ~good.fill_null(_NO)
    both = table["systolic"].notnull() & table["diastolic"].notnull()
    for name in ("systolic", "diastolic"):
        changed[name] = ibis.ifelse(both, changed[name], ibis.null().cast("float64"))
    changed["medications_complete"] = changed["medications_complete"].fill_null(_NO)
    return table.mutate(**changed)


def names_in(patients: Expression) -> Expression:
    """Return each name in the list columns of ``plain_patients`` once, with its column."""
    import ibis

    return ibis.union(*(long_names(patients, field).select("field", "name").distinct() for field in NAMES)).distinct()


def long_names(patients: Expression, field: str) -> Expression:
    """Return one row for each name in a list column."""
    import ibis

    rows = patients.filter(patients[field].length() > 0).select(ID, name=patients[field].unnest())
    return rows.filter(rows.name.notnull()).select(ID, field=ibis.literal(field), name=rows.name)


class Screening:
    """The screen of ``plain_patients`` by the tables of ``ClosedTables``, as expressions.

    ``states``: the most states that one claim asks for. ``at_least``: leave out findings below it.
    """

    def __init__(
        self, patients: Expression, closed: Mapping[str, Expression], states: int, at_least: Concern | None
    ) -> None:
        """Screen ``patients``."""
        self.patients: Expression = patients
        self.closed: Mapping[str, Expression] = closed
        self.states: int = states
        self.floor: int = at_least.rank if at_least else 0

    # --- who takes what, and has what -----------------------------------------------------------------------------

    def takes(self) -> Expression:
        """Return a row for each medicine taken, as it is asked for."""
        names = long_names(self.patients, "medications")
        return names.join(self.closed["medicines"], "name").select(ID, "asked", "compound").distinct()

    def asked_conditions(self) -> Expression:
        """Return a row for each condition had."""
        names = long_names(self.patients, "conditions")
        return names.join(self.closed["conditions"], "name").select(ID, "condition").distinct()

    def pairs(self) -> Expression:
        """A row for each medicine taken, as it is asked for, in each condition had."""
        pairs = self.takes().join(self.asked_conditions(), ID)
        complete = self.patients.select(ID, complete=self.patients.medications_complete)
        return pairs.join(complete, ID).select(ID, "asked", "compound", "condition", "complete")

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
        for field in _PREGNANCY:
            men = patients.filter(patients[field].isnull() & (patients.sex == "male"))
            rows.append(_value(men, field, ibis.literal(0.0), text, held=False))
        return ibis.union(*rows)

    def tested(self) -> Expression:
        """The states that values mean, or rule out."""
        import ibis

        joined = self.values().join(self.closed["tests"], "field", rname="{name}_limit")
        value, limit = joined.number, joined.number_limit
        met = ibis.cases(
            (joined.comparison == "<", value < limit),
            (joined.comparison == "<=", value <= limit),
            (joined.comparison == "=", value == limit),
            (joined.comparison == ">=", value >= limit),
            (joined.comparison == ">", value > limit),
            (joined.comparison == "text", joined.text == joined.text_limit),
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
        """What facts of a patient say of the states that a claim asks for: ``yes``, ``no`` and ``direct`` are sets."""
        import ibis

        facts = ibis.union(self.tested(), self.named(), self.without_allergy())
        takes = self.takes()
        of_anybody = takes.join(facts, ID)
        allergic = long_names(self.patients, "allergies").join(self.closed["allergic"], "name")
        true = ibis.literal(value=True)
        of_one = takes.join(allergic.select(ID, "compound", "state", "direct"), [ID, "compound"])
        columns = [ID, "asked", "state", "has", "direct"]
        every = ibis.union(of_anybody.select(columns), of_one.mutate(has=true).select(columns))
        rows = every.join(self.closed["having"], ["asked", "state"])
        sets = rows.group_by(ID, "asked", "claim").agg(
            yes=self.set_of(rows, rows.has),
            no=self.set_of(rows, ~rows.has),
            direct=self.set_of(rows, rows.has & rows.direct),
        )
        return sets.mutate(no=sets.no & ~sets.yes)

    def set_of(self, rows: Expression, where: Column) -> Column:
        """Return the states of the rows where something holds, as one number."""
        bits = [1 << place for place in range(self.states)]
        return sum((where & (rows.bit == bit)).any().cast("int64") * bit for bit in bits)

    # --- sides and partners ---------------------------------------------------------------------------------------

    def alone(self) -> Expression:
        """The claims that need no other medicine."""
        import ibis

        stands = self.stands()
        rows = self.pairs().join(stands.filter(~stands.other), "asked")
        return rows.select(
            *(ID, "asked", "compound", "condition", "complete", "claim", "other"),
            signal=rows.signal0,
            own_path=rows.level0,
            linked=rows.linked0,
            exposure=rows.exposure0,
            unbanded=ibis.literal(value=False),
            partner_level=ibis.literal(NO_LEVEL).cast("int64"),
            taken=ibis.literal(value=False),
            partners=_nothing(),
            views=_nothing(),
        )

    def stands(self) -> Expression:
        """The claims that can be shown: those of the scope, and those that a finding of the scope may fold under."""
        stands, claims = self.closed["stands"], self.closed["claims"]
        if not self.floor:
            return stands
        shown = stands.filter(stands.concern >= self.floor)
        hazards = claims.filter(claims.inferable, claims.concern >= self.floor).select("hazard").distinct()
        below = stands.filter(stands.concern < self.floor).semi_join(hazards, "hazard")
        return shown.union(below)

    def beside(self) -> Expression:
        """The claims about the compound with another medicine, where the patient takes one that fills the claim."""
        pairs = self.pairs()
        taken = self.takes().select(ID, taken="compound").distinct()
        both = pairs.join(taken, ID)
        both = both.filter(both.compound != both.taken)
        links = both.join(self.closed["taken_links"], ["asked", "taken"])
        classes = both.join(self.closed["class_links"], ["asked", "condition", "taken"])
        columns = [*pairs.columns, "taken", *_LINK]
        rows = links.select(columns).union(classes.select(columns))
        rows = rows.filter(~(rows.complete & rows.absent))
        keys = [ID, "asked", "compound", "condition", "complete", "claim"]
        told: dict[str, Any] = {}
        for side in (0, 1):
            mine, kept = rows.side == side, rows[f"kept{side}"]
            for word, best, unbanded in (("banded", "best", ~rows.unbanded), ("loose", "loosest", rows.unbanded)):
                told[f"{word}{side}"] = (mine & unbanded).any()
                told[f"{best}{side}"] = rows.level.max(where=mine & unbanded & kept)
            told[f"met{side}"] = (rows.met & kept).any()
            told[f"members{side}"] = rows.taken.collect(where=rows.met & kept, distinct=True)
        found = rows.group_by(keys).agg(**told, views=rows["view"].collect(distinct=True))
        return self.sided(found)

    def sided(self, found: Expression) -> Expression:
        """Put the medicines taken and the other treatments together, and take the side that goes first."""
        import ibis

        rows = found.join(self.stands(), ["asked", "claim"])
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

        best, loosest = of("best"), of("loosest")
        return rows.select(
            *(ID, "asked", "compound", "condition", "complete", "claim", "other"),
            signal=of("signal"),
            own_path=of("level"),
            linked=of("linked"),
            exposure=of("exposure"),
            unbanded=of("no_band"),
            partner_level=ibis.cases((best >= 0, best), (loosest >= 0, loosest), else_=NO_LEVEL),
            taken=of("met"),
            partners=of("members"),
            views="views",
        )

    # --- what applies ---------------------------------------------------------------------------------------------

    def applying(self) -> Expression:
        """Every claim that applies, with what is open and what is personal."""
        import ibis

        rows = self.alone().union(self.beside())
        rows = rows.join(self.closed["claims"], "claim")
        rows = rows.left_join(self.closed["bearings"], ["condition", "claim"], rname="{name}_of")
        rows = rows.left_join(self.facts(), [ID, "asked", "claim"], rname="{name}_stated")
        rows = rows.left_join(
            self.closed["treats"].mutate(treats=ibis.literal(value=True)),
            ["asked", "condition"],
            rname="{name}_treated",
        )
        sets = ("diagnosis", "flowed", "narrower", "unknown", "scarce", "yes", "no", "direct")
        rows = rows.mutate(**{name: rows[name].fill_null(0) for name in sets}, treats=rows.treats.fill_null(_NO))
        rows = rows.mutate(yes=rows.yes & ~rows.diagnosis, no=rows.no & ~rows.diagnosis)
        no_increase = rows.kind == str(Kind.NO_INCREASE)
        flows = (rows.flowed != 0) | ((rows.yes & ~rows.direct) != 0)
        apart = ((rows.unknown | rows.narrower) & ~rows.yes) != 0
        scarce = ((rows.scarce & ~rows.yes) != 0) & (rows.serious == 0)
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
        speaks = (rows.diagnosis != 0) | ((rows.narrower & ~rows.yes) != 0)
        open_states = ibis.ifelse(rows.joined, 0, rows.size & ~rows.diagnosis & ~rows.yes)
        own_label = rows.treats & (rows.label_of == rows.compound)
        return rows.mutate(
            state_level=level,
            speaks_of_condition=speaks,
            open_states=open_states,
            own_label=own_label,
            speaks=speaks | own_label,
            is_open=(open_states != 0) | (rows.exposure == OPEN) | (rows.other & ~rows.taken),
            personal=(rows.yes != 0) | rows.taken,
            origin_joined=rows.joined | rows.unbanded,
        )

    def graded(self) -> Expression:
        """Every claim that applies with its concern, level, basis, directness and block."""
        import ibis

        rows = self.applying()
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
        return rows.mutate(directness=directness, block=block)

    # --- folded -----------------------------------------------------------------------------------------------------

    def folds(self, rows: Expression) -> Expression:
        """The finding that each inferred one is folded under: the first of its hazard that holds all its partners."""
        keys = [ID, "asked", "condition"]
        needs = [*keys, "claim", "hazard", "other", "complete", "views"]
        mine = rows.filter(rows.inferred).select(needs)
        over = rows.filter(~rows.inferred)
        over = over.select(
            *keys, "hazard", "other", "views", over="claim", speaks=over.speaks & ~over.is_open, place=_order(over)
        )
        both = mine.join(over, [*keys, "hazard"], rname="{name}_over")
        alone = both.filter(~both.other & ~both.other_over & both.speaks)
        beside = both.filter(both.other & both.other_over)
        beside = beside.filter(_within(beside.views, beside.views_over))
        usual = self.closed["usual_links"].select("asked", "condition", "claim", usual="views")
        beside = beside.left_join(usual, ["asked", "condition", "claim"], rname="{name}_mine")
        theirs = usual.select("asked", "condition", over="claim", usual_over="usual")
        beside = beside.left_join(theirs, ["asked", "condition", "over"], rname="{name}_theirs")
        none = _nothing()
        within = _within(beside.usual.fill_null(none), beside.usual_over.fill_null(none))
        beside = beside.filter(beside.complete | within)
        columns = [*keys, "claim", "place"]
        every = alone.select(columns).union(beside.select(columns))
        first = every.group_by(*keys, "claim").agg(place=every.place.min())
        return first.select(*keys, "claim", folded_under=first.place.substr(_RANKS))

    def findings(self, rows: Expression) -> Expression:
        """A row for each finding of the scope, of those that ``graded`` gave."""
        import ibis

        rows = rows.left_join(self.folds(rows), [ID, "asked", "condition", "claim"], rname="{name}_folded")
        rows = rows.filter(~rows.other | rows.taken, rows.concern >= self.floor)
        states = self.closed["open_states"].select("claim", open_states="mask", missing="states")
        rows = rows.left_join(states, ["claim", "open_states"], rname="{name}_missing")
        heavy = rows.concern >= Concern.AVOID.rank
        sets = ~rows.is_open & (~rows.inferred | rows.personal)
        watched = (rows.kind == str(Kind.MONITORING)) & (rows.basis == Basis.AUTHORITY.rank)
        of = ibis.cases((rows.speaks | rows.personal | heavy, rows.concern), (watched, Concern.MONITOR.rank), else_=0)
        none = _nothing()
        return rows.select(
            ID,
            "compound",
            "asked",
            "condition",
            "claim",
            "kind",
            "hazard",
            concern=_word(rows.concern, Concern, rows.kind),
            status=ibis.ifelse(rows.is_open, "open", "met"),
            block=_places(rows.block),
            basis=_word(rows.basis, Basis),
            level=ibis.cases(*((rows.level == level.rank, str(level)) for level in EvidenceLevel.members())),
            directness=_word(rows.directness, Directness),
            inferred="inferred",
            personal="personal",
            partners=ibis.ifelse(rows.other, rows.partners, none).sort(),
            missing=rows.missing.fill_null(none),
            exposure_open=rows.exposure == OPEN,
            folded_under="folded_under",
            headline=_word(ibis.ifelse(sets, of, 0), Concern, ibis.null().cast("string")),
        )

    # --- what is not checked --------------------------------------------------------------------------------------

    def not_checked(self) -> Expression:
        """A row for each name that nothing here knows, and for each value that is not used."""
        import ibis

        rows = []
        none = _nothing()
        for field in NAMES:
            names = long_names(self.patients, field).join(self.closed["unknown"], ["field", "name"])
            rows.append(names.select(ID, "field", "name", "reason", "suggestions").distinct())
        for field in PLAIN:
            bad = self.patients.filter(self.patients[f"{field}?"])
            reason = AGAINST_SEX if field in _PREGNANCY else OUTSIDE
            name = ibis.null().cast("string")
            rows.append(
                bad.select(ID, field=ibis.literal(field), name=name, reason=ibis.literal(reason), suggestions=none)
            )
        return ibis.union(*rows)

    def summary(self, found: Expression, not_checked: Expression) -> Expression:
        """Return one row for each patient, whatever ``findings`` and ``not_checked`` gave.

        ``concern`` is the highest that is known to hold, or ``undetermined``; ``outcome`` says why nothing was found.
        """
        import ibis

        patients = self.patients.select(ID)
        pairs = self.pairs().group_by(ID).agg(lambda t: t.count().name("pairs"))
        ranks = found.mutate(rank=_rank_of(found.headline, Concern), is_met=found.status == "met")
        counts = ranks.group_by(ID).agg(
            findings=ranks.count(),
            met=ranks.count(where=ranks.is_met),
            open=ranks.count(where=~ranks.is_met),
            rank=ranks["rank"].max(),
        )
        unchecked = not_checked.group_by(ID).agg(not_checked=not_checked.count())
        rows = patients.left_join(pairs, ID, rname="{name}_p").left_join(counts, ID, rname="{name}_c")
        rows = rows.left_join(unchecked, ID, rname="{name}_u")
        numbers = ("pairs", "findings", "met", "open", "not_checked")
        rows = rows.mutate(**{name: rows[name].fill_null(0) for name in numbers}, rank=rows["rank"].fill_null(0))
        outcome = ibis.cases(
            (rows.findings > 0, "findings"),
            (rows.pairs > 0, "no finding (this is not reassurance)"),
            (rows.not_checked > 0, "not assessed: no medicine in a condition that is known here"),
            else_="not assessed: no medicine in a condition was stated",
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


def _nothing() -> Column:
    """Return a list of names that is empty."""
    import ibis

    return ibis.literal([], type="array<string>")


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


_RANKS: Final = 6
"""How many digits stand before the id in the place of a finding."""


def _order(rows: Column) -> Column:
    """Return the place of a finding that is not inferred as a text that sorts: one digit a rank, then its id."""
    import ibis

    ranks = (rows.block, 9 - rows.concern, 9 - rows.basis, 9 - rows.level, 9 - rows.directness, 9 - rows.serious)
    text = ibis.literal("")
    for rank in ranks:
        text = text.concat(rank.cast("string"))
    return text.concat(rows.claim)
