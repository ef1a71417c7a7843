"""A small population and the model really trained on it, shared by every test that needs one."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from solvencia.data.acquire import acquire_simulated
from solvencia.data.reference_tables import load_reference
from solvencia.data.simulator import SimulatorSettings
from solvencia.data.snapshots import SnapshotSettings, TrainingTables, build_training_tables
from solvencia.data.sources import SourceDescription
from solvencia.domain.reference import Reference
from solvencia.training.assemble import assemble
from solvencia.training.evaluate import EvaluationSettings, judge
from solvencia.training.settings import Boosting, TrainingSettings
from solvencia.training.train import Trained, train

ROOT = Path(__file__).parent.parent
REFERENCE_TABLES = ROOT / "dataset" / "reference"
SIMULATOR = SimulatorSettings(people=1500, years=15, until=date(2026, 5, 31), seed=11)
GROWN = Boosting(
    rounds=60,
    learning_rate=0.2,
    min_rows_per_leaf=40,
    l2=1.0,
    row_share=1.0,
    column_share=1.0,
)
FIT = TrainingSettings(
    max_bins=12,
    max_pairs=12,
    profile_share=0.25,
    threads=1,
    seed=11,
    continuity=GROWN,
    income=GROWN,
    default=GROWN,
)


@pytest.fixture(scope="session", autouse=True)
def no_errands_of_the_storage_client() -> Iterator[None]:
    """Google's client asks about a bucket in a thread of its own, for minutes once the server is gone.

    Its pauses come from the generator that everybody shares, which Hypothesis watches.
    """
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DISABLE_GCS_PYTHON_CLIENT_OTEL_BUCKET_METADATA", "true")
        yield


@pytest.fixture(scope="session")
def reference() -> Reference:
    return load_reference(REFERENCE_TABLES)


@pytest.fixture(scope="session")
def source_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("source")
    acquire_simulated(SIMULATOR, REFERENCE_TABLES, directory)
    return directory


@pytest.fixture(scope="session")
def training_tables(source_directory: Path, reference: Reference) -> TrainingTables:
    return build_training_tables(source_directory, reference, SnapshotSettings(8, 24, 0.0))


@pytest.fixture(scope="session")
def trained(training_tables: TrainingTables) -> Trained:
    return train(training_tables.snapshots, training_tables.loans, FIT, test_years=3)


@pytest.fixture(scope="session")
def model_directory(
    trained: Trained,
    source_directory: Path,
    reference: Reference,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    directory = tmp_path_factory.mktemp("model") / "champion"
    metrics = judge(trained, SIMULATOR, REFERENCE_TABLES, EvaluationSettings(3, 200, 5, 20))
    assemble(
        directory,
        trained,
        metrics=metrics,
        reference=reference,
        source=SourceDescription.read(source_directory),
        settings=FIT,
        data={"spells": source_directory / "spells.parquet"},
    )
    return directory
