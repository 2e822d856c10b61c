"""Screening: a table of patients joined with the knowledge, on DuckDB in this process or on Spark.

A row of ``findings`` is what ``safetykb.review(medicine, condition, patient)`` finds, for each medicine that a patient
takes and each condition that the patient has. In scope is every finding of the compound itself (a relative's is not)
that needs no other medicine, or one that the patient takes. With ``at_least``, those of that concern or higher. On
this scope no finding is left out and none is added.

The columns of a table of patients are ``id`` and the fields of ``safetykb.Patient``, blood pressure as ``systolic`` and
``diastolic``; those that are missing are unknown.
"""

from safetykb.screening.distributed import screen_on_spark as screen_on_spark
from safetykb.screening.embedded import Screened as Screened
from safetykb.screening.embedded import screen_table as screen_table
from safetykb.screening.files import ScreenedFiles as ScreenedFiles
from safetykb.screening.files import screen_file as screen_file
