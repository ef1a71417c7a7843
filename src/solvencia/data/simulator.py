"""The default source: a seeded population of Mexican workers, with loans and their outcomes.

Synthetic, and labelled so wherever its numbers show. People are simulated in blocks, each with its
own random stream, so that a million of them need no more memory than one block.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from solvencia.data.careers import Floats, Ints, Workers, live_month
from solvencia.data.labour_market import LabourMarket, load_labour_market
from solvencia.data.lending import default_probability, grant_loans
from solvencia.data.outcome import KEPT_SHARE
from solvencia.data.population import newcomers
from solvencia.domain.catalogue import EDUCATION, INDUSTRIES, STATES
from solvencia.domain.errors import SourceError
from solvencia.domain.reference import DAYS_PER_WAGE_MONTH

BLOCK = 50_000
LOAN_YEARS = 9
_STATE_KEYS = np.array(list(STATES))
_INDUSTRY_KEYS = np.array(list(INDUSTRIES))
_EDUCATION_KEYS = np.array(list(EDUCATION))


@dataclass(frozen=True)
class SimulatorSettings:
    """What to simulate: how many people, how many years up to the end of a month, which seed."""

    people: int
    years: int
    until: date
    seed: int

    def __post_init__(self) -> None:
        if not 1 <= self.people <= 10_000_000:
            raise SourceError(f"source.people: got {self.people}; allowed: 1 to 10,000,000")
        if not 12 <= self.years <= 40:
            raise SourceError(f"source.years: got {self.years}; allowed: 12 to 40")
        if date.fromordinal(self.until.toordinal() + 1).day != 1:
            raise SourceError(f"source.until: got {self.until}; allowed: the last day of a month")

    @property
    def blocks(self) -> Iterator[tuple[int, int]]:
        """(block number, people in it)."""
        for block, start in enumerate(range(0, self.people, BLOCK)):
            yield block, min(BLOCK, self.people - start)


@dataclass(frozen=True)
class Tables:
    """The tables of a source, with the columns that docs/data.md lists."""

    people: pd.DataFrame
    spells: pd.DataFrame
    loans: pd.DataFrame


def simulate(settings: SimulatorSettings, reference_directory: Path) -> Iterator[Tables]:
    """Simulate people block by block; the same settings give the same tables.

    >>> settings = SimulatorSettings(people=50, years=12, until=date(2026, 5, 31), seed=1)
    >>> tables = next(simulate(settings, Path("dataset/reference")))
    >>> len(tables.people), bool(tables.spells["daily_wage"].min() > 60)
    (43, True)
    """
    market = load_labour_market(reference_directory, settings.until, settings.years)
    for block, count in settings.blocks:
        history = _Block(settings, market, block, count).run()
        yield history.tables()


def true_continuity(
    settings: SimulatorSettings,
    reference_directory: Path,
    person_ids: NDArray[np.str_],
    as_of: list[date],
    draws: int,
) -> Floats:
    """True probability that a person keeps 80 % of their income after ``as_of``, a month's end.

    Estimated by living the next 12 months ``draws`` times from the person's hidden state.
    Shape (n,), in the order given.
    """
    market = load_labour_market(reference_directory, settings.until, settings.years)
    number = _numbers(person_ids)
    month = np.array([day.year * 12 + day.month for day in as_of]) - market.first_month
    result = np.full(len(number), np.nan)
    for block, count in settings.blocks:
        here = np.flatnonzero(number // BLOCK == block)
        wanted = {int(t): here[month[here] == t] for t in np.unique(month[here])}
        history = _Block(settings, market, block, count)
        history.capture = {t: number[rows] % BLOCK for t, rows in wanted.items()}
        history.run()
        for t, rows in wanted.items():
            start = np.full(len(rows), t + 1)
            rng = np.random.default_rng([settings.seed, block, t, 1])
            workers = history.captured[t]
            reference_income = workers.income() * DAYS_PER_WAGE_MONTH * market.base_pesos[t - 1]
            kept = np.zeros(len(rows))
            for mean_income in _futures(market, workers, start, draws, rng):
                kept += mean_income >= KEPT_SHARE * reference_income
            result[rows] = kept / draws
    return result


def true_default(
    settings: SimulatorSettings,
    reference_directory: Path,
    loan_ids: NDArray[np.str_],
    draws: int,
) -> Floats:
    """True probability of default of each loan on the day it was granted; shape (n,)."""
    market = load_labour_market(reference_directory, settings.until, settings.years)
    order = pd.Series(np.arange(len(loan_ids)), index=loan_ids)
    result = np.full(len(loan_ids), np.nan)
    for block, count in settings.blocks:
        history = _Block(settings, market, block, count)
        history.capture_loans = True
        loans = history.run().loan_frame()
        rows = np.flatnonzero(loans["loan_id"].isin(order.index).to_numpy())
        for t in np.unique(loans["month"].to_numpy()[rows]):
            at = rows[loans["month"].to_numpy()[rows] == t]
            first = int(np.flatnonzero(loans["month"].to_numpy() == t)[0])
            workers = history.captured[int(t)].take(at - first)
            rng = np.random.default_rng([settings.seed, block, int(t), 2])
            chance = np.zeros(len(at))
            base = market.base_pesos[t - 1]
            income = workers.income() * DAYS_PER_WAGE_MONTH * base
            risk = loans["risk"].to_numpy()[at]
            for mean_income in _futures(market, workers, np.full(len(at), t), draws, rng):
                chance += default_probability(risk, mean_income / income)
            result[order[loans["loan_id"].to_numpy()[at]].to_numpy()] = chance / draws
    return result


def _futures(
    market: LabourMarket, workers: Workers, start: Ints, draws: int, rng: np.random.Generator
) -> Iterator[Floats]:
    """Mean real monthly income over 12 months from month ``start``, once per draw."""
    batch = max(1, 400_000 // max(len(start), 1))
    done = 0
    while done < draws:
        copies = min(batch, draws - done)
        index = np.tile(np.arange(len(start)), copies)
        lives = workers.take(index)
        total, days = np.zeros(len(index)), np.zeros(len(index))
        for step in range(12):
            t = start[index] + step
            total += live_month(market, lives, t, rng).paid * market.base_pesos[t]
            days += market.first_day[t + 1] - market.first_day[t]
        yield from (total / days * DAYS_PER_WAGE_MONTH).reshape(copies, -1)
        done += copies


class _Block:
    """One block of people: their state, and the record of what happened to them."""

    def __init__(
        self, settings: SimulatorSettings, market: LabourMarket, block: int, count: int
    ) -> None:
        self.settings, self.market, self.block, self.count = settings, market, block, count
        self.rng = np.random.default_rng([settings.seed, block])
        self.workers = newcomers(market, count, self.rng)
        self.capture: dict[int, Ints] = {}
        self.capture_loans = False
        self.captured: dict[int, Workers] = {}
        self.paid = np.zeros((count, market.months))
        self.open_day = np.zeros(count, dtype=np.int64)
        self.side_day = np.zeros(count, dtype=np.int64)
        self.spells: list[tuple[NDArray[np.generic], ...]] = []
        self.loans: list[pd.DataFrame] = []

    def run(self) -> "_Block":
        """Live every month."""
        market, workers = self.market, self.workers
        everyone = np.arange(self.count)
        back = workers.tenure * 30
        self.open_day = market.first_day[0] - back
        self.loan_rng = np.random.default_rng([self.settings.seed, self.block, 3])
        for t in range(market.months):
            if t >= max(12, market.months - 12 * LOAN_YEARS) and t <= market.months - 12:
                takers, granted = grant_loans(market, workers, t, self.loan_rng)
                self.loans.append(granted)
                if self.capture_loans:
                    self.captured[t] = takers
            first = int(market.first_day[t])
            was_side = workers.side_on.copy()
            side_wage = workers.side_wage.copy()
            job = workers.job.copy()
            before_state, before_industry = workers.state.copy(), workers.industry.copy()
            month = live_month(market, workers, np.full(self.count, t), self.rng)
            # A raise on the first day closes the spell of the old wage the day before.
            changed = month.raised & (self.open_day < first)
            self._emit(
                everyone[changed],
                job,
                before_state,
                before_industry,
                self.open_day,
                first - 1,
                month.wage_before,
            )
            self.open_day = np.where(month.raised, np.maximum(self.open_day, first), self.open_day)
            ended = everyone[month.ended]
            self._emit(
                ended,
                month.ended_job,
                month.ended_state,
                month.ended_industry,
                self.open_day,
                first + month.end_day[ended],
                month.ended_wage,
            )
            self.open_day = np.where(month.started, first + month.start_day, self.open_day)
            side_over = everyone[month.side_ended & was_side]
            self._emit(
                side_over, -job, before_state, before_industry, self.side_day, first - 1, side_wage
            )
            self.side_day = np.where(month.side_started, first, self.side_day)
            self.paid[:, t] = month.paid
            if (wanted := self.capture.get(t)) is not None:
                self.captured[t] = workers.take(wanted)
        open_now = everyone[workers.employed]
        self._emit(
            open_now, workers.job, workers.state, workers.industry, self.open_day, 0, workers.wage
        )
        open_side = everyone[workers.side_on]
        self._emit(
            open_side,
            -workers.job,
            workers.state,
            workers.industry,
            self.side_day,
            0,
            workers.side_wage,
        )
        return self

    def _emit(
        self,
        who: Ints,
        job: Ints,
        state: Ints,
        industry: Ints,
        start: Ints,
        end: Ints | int,
        wage: Floats,
    ) -> None:
        ends = np.broadcast_to(np.asarray(end), who.shape)
        self.spells.append((who, job[who], state[who], industry[who], start[who], ends, wage[who]))

    def loan_frame(self) -> pd.DataFrame:
        """Every loan with its hidden risk, in order of grant."""
        loans = pd.concat(self.loans, ignore_index=True)
        loans["loan_id"] = [f"L{self.block:03d}{row:07d}" for row in range(len(loans))]
        return loans

    def tables(self) -> Tables:
        """The canonical tables: what a file may show."""
        market, workers = self.market, self.workers
        ids = np.array([f"P{number:08d}" for number in self.block * BLOCK + np.arange(self.count)])
        columns = [np.concatenate(parts) for parts in zip(*self.spells, strict=True)]
        who, job, state, industry, start, end, wage = columns
        order = np.lexsort((job, start, who))
        who, job, end = who[order].astype(np.int64), job[order], end[order].astype(np.int64)
        begin = start[order].astype(np.int64)
        weeks = np.bincount(
            who,
            np.where(job > 0, np.where(end > 0, end, market.first_day[-1] - 1) - begin + 1, 0),
            self.count,
        )
        spells = pd.DataFrame(
            {
                "person_id": ids[who],
                "employer_id": [
                    f"E{p}-{j}" if j > 0 else f"S{p}-{-j}"
                    for p, j in zip((self.block * BLOCK + who).tolist(), job.tolist(), strict=True)
                ],
                "state": _STATE_KEYS[state[order].astype(np.int64)],
                "industry": _INDUSTRY_KEYS[industry[order].astype(np.int64)],
                "start_date": _dates(begin),
                "end_date": _dates(np.where(end > 0, end, -1)),
                "daily_wage": wage[order].astype(np.float64),
            }
        )
        birth_day = market.first_day[0] + (workers.birth_month * 30.4375).astype(np.int64)
        known = np.unique(who)
        people = pd.DataFrame(
            {
                "person_id": ids,
                "birth_date": _dates(birth_day),
                "sex": np.where(workers.woman, "M", "H"),
                "education": _EDUCATION_KEYS[workers.education],
                "contribution_weeks": np.round(weeks / 7, 1),
            }
        ).iloc[known]
        return Tables(people.reset_index(drop=True), spells, self._loan_table(ids))

    def _loan_table(self, ids: NDArray[np.str_]) -> pd.DataFrame:
        market = self.market
        loans = self.loan_frame()
        person, month = loans["person"].to_numpy(), loans["month"].to_numpy()
        real = self.paid * market.base_pesos
        ahead = np.stack([real[person, month + step] for step in range(12)]).sum(axis=0)
        days = market.first_day[month + 12] - market.first_day[month]
        mean_income = ahead / days * DAYS_PER_WAGE_MONTH
        kept = mean_income / (loans["income"].to_numpy() * market.base_pesos[month - 1])
        chance = default_probability(loans["risk"].to_numpy(), kept)
        defaulted = (
            np.random.default_rng([self.settings.seed, self.block, 4]).random(len(loans)) < chance
        )
        return pd.DataFrame(
            {
                "loan_id": loans["loan_id"],
                "person_id": ids[person],
                "granted_on": _dates(market.first_day[month]),
                "product": loans["product"],
                "amount": loans["amount"],
                "term_months": loans["term_months"],
                "annual_rate": loans["annual_rate"],
                "default_12m": defaulted.astype(np.int64),
            }
        )


def _dates(days: Ints) -> pd.Series:
    """Ordinal days as dates; negative ones are empty."""
    values = (days - date(1970, 1, 1).toordinal()).astype("datetime64[D]")
    values[days < 0] = np.datetime64("NaT")
    return pd.Series(values.astype("datetime64[s]")).dt.date.astype("object").where(days >= 0, None)


def _numbers(person_ids: NDArray[np.str_]) -> Ints:
    return np.array([int(str(person_id)[1:]) for person_id in person_ids], dtype=np.int64)
