"""The closed sets of words that records use; none of them is an order."""

from __future__ import annotations

from safetykb.model.scales import Choice


class TermKind(Choice):
    """What sort of thing a term names."""

    DRUG_CLASS = ("drug-class", "A group of substances.")
    EFFECT = ("effect", "Something that a substance does to a person; a hazard.")
    EXPOSURE = ("exposure", "A change in how much of a substance the body meets.")
    ENZYME = ("enzyme", "A role at a metabolising enzyme.")
    TRANSPORTER = ("transporter", "A role at a transporter.")
    STATE = ("state", "Something that a person has: a diagnosis, a stage, a vulnerability, a limit.")

    @property
    def family(self) -> Family:
        """The family that the kind belongs to."""
        return Family.PERSON if self is TermKind.STATE else Family.SUBSTANCE


class Family(Choice):
    """The two families of terms; ``broader`` never leaves a family."""

    SUBSTANCE = ("substance", "What a substance is or does.")
    PERSON = ("person", "What a person has.")


class Kind(Choice):
    """What sort of statement a safety consideration makes."""

    CONTRAINDICATION = ("contraindication", "An authority says not to use it.")
    WARNING = ("warning", "A hazard to weigh or to prepare for.")
    INTERACTION = ("interaction", "Something that happens with another medicine.")
    CONDITION_RISK = ("condition-risk", "Something that happens in people who have a state.")
    MONITORING = ("monitoring", "A test at a time.")
    ADVICE = ("advice", "Something to do or to arrange that is no test.")
    NO_INCREASE = ("no-increase", "Studied against a comparator, and a named harm was not more frequent.")


class Origin(Choice):
    """Who says it."""

    STATED = ("stated", "A source says this of this subject in this context.")
    JOINED = ("joined", "Facts were put together here; the statement stands on them.")


class Weight(Choice):
    """How much an effect belongs to a substance; only a main effect is matched."""

    MAIN = ("main", "Boxed, contraindication or warning; or common or above; or subject of a systematic review.")
    MINOR = ("minor", "Anything less.")


class Design(Choice):
    """What sort of page a source is, or what sort of study a study is."""

    LABEL = ("label", "A product label or package leaflet.")
    REGULATOR = ("regulator", "A regulator's communication.")
    GUIDELINE = ("guideline", "A guideline with a grading of its own.")
    MONOGRAPH = ("monograph", "An expert monograph, consensus or compendium.")
    REVIEW_OF_TRIALS = ("systematic-review-of-trials", "A systematic review of randomised trials.")
    REVIEW_OF_COHORTS = ("systematic-review-of-cohorts", "A systematic review of observational studies.")
    RANDOMISED_TRIAL = ("randomised-trial", "A randomised trial.")
    PK_STUDY = ("pk-study", "A kinetic interaction study with measured exposure.")
    COHORT = ("cohort", "A cohort study.")
    CASE_CONTROL = ("case-control", "A case-control study.")
    UNCONTROLLED_TRIAL = ("uncontrolled-trial", "A trial or extension without a control.")
    CASE_SERIES = ("case-series", "A series of cases.")
    CASE_REPORT = ("case-report", "One case.")
    SPONTANEOUS_REPORTS = ("spontaneous-reports", "Reports after marketing.")
    PRECLINICAL = ("preclinical", "Animals, cells or mechanism.")
    NARRATIVE_REVIEW = ("narrative-review", "A review without a systematic search.")
    REGISTRY = ("registry", "A registry record: a status, never a result.")
    NEWS = ("news", "A news item: an event and its date.")


class SynonymType(Choice):
    """What sort of other name a synonym is."""

    BRAND = ("brand", "A trade name.")
    ABBREVIATION = ("abbreviation", "A short form.")
    SALT = ("salt", "A salt or ester.")
    OTHER = ("other", "Any other name.")


class Route(Choice):
    """A route of administration."""

    ORAL = ("oral", "Swallowed.")
    INTRAVENOUS = ("intravenous", "Into a vein.")
    INTRAMUSCULAR = ("intramuscular", "Into a muscle.")
    SUBCUTANEOUS = ("subcutaneous", "Under the skin.")
    INTRATHECAL = ("intrathecal", "Into the spinal fluid.")
    NASAL = ("nasal", "Into the nose.")
    OROMUCOSAL = ("oromucosal", "On the lining of the mouth.")
    INHALED = ("inhaled", "Breathed in.")
    TRANSDERMAL = ("transdermal", "Through the skin.")
    TOPICAL = ("topical", "On the skin or the eye.")


class Setting(Choice):
    """Where a substance is given."""

    ANAESTHESIA = ("anaesthesia", "In an anaesthetic or intensive care.")
    CLINIC = ("clinic", "Under observation by a health professional.")
    UNSUPERVISED = ("unsupervised", "Without observation.")


class RelationType(Choice):
    """How one compound is related to another."""

    ENANTIOMER_OF = ("enantiomer-of", "One mirror form of the other.")
    RACEMATE_OF = ("racemate-of", "The mixture that holds the other.")
    ACTIVE_METABOLITE_OF = ("active-metabolite-of", "Made from the other in the body, and active.")
    PRODRUG_OF = ("prodrug-of", "Turned into the other in the body.")


class UseStatus(Choice):
    """How far a use is recognised."""

    APPROVED = ("approved", "Licensed in the jurisdiction named.")
    OFF_LABEL = ("off-label", "Used without a licence for it.")
    INVESTIGATIONAL = ("investigational", "In trials.")
    WITHDRAWN = ("withdrawn", "No longer licensed.")
    NOT_APPROVED = ("not-approved", "A regulator says that it is not licensed.")


class Comparison(Choice):
    """How a value is compared with a limit."""

    BELOW = ("<", "Below the limit.")
    AT_MOST = ("<=", "At most the limit.")
    EQUAL = ("=", "Equal to the limit.")
    AT_LEAST = (">=", "At least the limit.")
    ABOVE = (">", "Above the limit.")


class Sex(Choice):
    """The sex that a label speaks of."""

    FEMALE = ("female", "Female.")
    MALE = ("male", "Male.")


class ChildPugh(Choice):
    """The Child-Pugh class of liver function."""

    A = ("A", "5 or 6 points: mild.")
    B = ("B", "7 to 9 points: moderate.")
    C = ("C", "10 to 15 points: severe.")


class PolicyAction(Choice):
    """What a policy does to a claim of the base."""

    RAISE = ("raise", "Gives it a higher concern.")
    LOWER = ("lower", "Gives it a lower concern, until a day.")
    SILENCE = ("silence", "Takes it out of the findings, until a day; every answer says so.")

    @property
    def past(self) -> str:
        """What was done, as the first word of a sentence."""
        return {"raise": "Raised", "lower": "Lowered", "silence": "Silenced"}[str(self.value)]


class Topic(Choice):
    """What a search looked for."""

    DIRECT = ("direct", "The compound in people with the condition.")
    INTERACTION = ("interaction", "The compound with another medicine.")
    CASE_REPORT = ("case-report", "Cases.")
    CLASS_SIGNAL = ("class-signal", "Another member of the class.")


class SearchOutcome(Choice):
    """How a search ended."""

    NONE_FOUND = ("none-found", "Nothing was found.")
    REGISTERED_ONLY = ("registered-only", "Only studies without a result.")
    NOT_REACHED = ("not-reached", "The pages could not be read.")
    FOUND = ("found", "Something was found; it is a record.")


class StudyStatus(Choice):
    """Where a study stands on the date ``as_of``."""

    REGISTERED = ("registered", "Announced.")
    RECRUITING = ("recruiting", "Taking people in.")
    COMPLETED = ("completed", "Ended; no result found.")
    PUBLISHED = ("published", "A result was published.")
    STOPPED = ("stopped", "Ended before its plan.")


class Masking(Choice):
    """Who did not know the treatment."""

    OPEN = ("open", "Nobody was masked.")
    SINGLE_BLIND = ("single-blind", "One party was masked.")
    DOUBLE_BLIND = ("double-blind", "Participants and investigators were masked.")


class OutcomeRole(Choice):
    """What an outcome was meant to be."""

    PRIMARY = ("primary", "The outcome that the study was planned on.")
    SECONDARY = ("secondary", "Any other outcome planned.")


class Reading(Choice):
    """What an outcome says."""

    BETTER = ("better", "Better than the comparator.")
    NEGATIVE = ("negative", "No difference shown.")
    WORSE = ("worse", "Worse than the comparator.")
    NOT_REPORTED = ("not-reported", "No result is visible.")


class StampRole(Choice):
    """In which role somebody looked."""

    CURATOR = ("curator", "Wrote the record from the source.")
    SECOND_READER = ("second-reader", "Opened the source anew and compared.")
    CLINICIAN = ("clinician", "A named clinician reviewed the record.")


class StampOutcome(Choice):
    """What the look found."""

    SUPPORTED = ("supported", "The source says it.")
    IN_PART = ("supported in part", "The source says part of it; the record was reworded.")
    NOT_SUPPORTED = ("not supported", "The source does not say it.")
    NOT_FOUND = ("not found again", "The source could not be opened again.")
