"""Each published figure beside the same figure of the simulated population.

Shares, rates and growths are fractions; wages are nominal MXN a day at the figure's own period.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from solvencia.data.reference_tables import read_table
from solvencia.domain.catalogue import INDUSTRIES, STATES

_MOST_PEOPLE = 100_000
_ONE_DAY = np.timedelta64(1, "D")
_LAST = pd.Timestamp("2100-01-01")


@dataclass(frozen=True)
class _Population:
    people: pd.DataFrame
    spells: pd.DataFrame
    loans: pd.DataFrame

    def stock(self, day: date) -> pd.DataFrame:
        """Jobs open on a day, with their person."""
        moment = pd.Timestamp(day)
        spells = self.spells
        return spells[(spells["start_date"] <= moment) & (spells["end_date"] >= moment)]


def calibration_table(source_directory: Path, reference_directory: Path) -> pd.DataFrame:
    """Columns: figure, group, unit, period, published, simulated, source."""
    population = _read(source_directory)
    rows: list[tuple[object, ...]] = [
        *_wages(population, reference_directory),
        *_ages(population, reference_directory),
        *_retention(population, reference_directory),
        *_published_figures(population, reference_directory),
    ]
    columns = ["figure", "group", "unit", "period", "published", "simulated", "source"]
    return pd.DataFrame(rows, columns=columns)


def _read(directory: Path) -> _Population:
    people = pd.read_parquet(directory / "people.parquet").head(_MOST_PEOPLE)
    spells = pd.read_parquet(directory / "spells.parquet")
    loans = pd.read_parquet(directory / "loans.parquet")
    spells = spells[spells["person_id"].isin(people["person_id"])]
    loans = loans[loans["person_id"].isin(people["person_id"])]
    people = people.assign(birth_date=pd.to_datetime(people["birth_date"]))
    spells = spells.merge(people[["person_id", "sex", "birth_date"]], on="person_id").assign(
        start_date=lambda f: pd.to_datetime(f["start_date"]),
        end_date=lambda f: pd.to_datetime(f["end_date"]).fillna(_LAST),
    )
    return _Population(people, spells, loans.assign(granted_on=pd.to_datetime(loans["granted_on"])))


def _day(period: str) -> date:
    year, month = int(period[:4]), int(period[5:7])
    return date(year, month, 15)


def _wages(population: _Population, directory: Path) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    unit = "MXN a day"
    for item in read_table(directory, "national_wage").to_dict("records"):
        mean = population.stock(_day(item["month"]))["daily_wage"].mean()
        rows.append(
            ("Mean wage", "all", unit, item["month"], item["mean_daily_wage"], mean, item["source"])
        )
    for item in read_table(directory, "industries").to_dict("records"):
        stock = population.stock(_day(item["period"]))
        mean = stock.loc[stock["industry"] == item["industry"], "daily_wage"].mean()
        name = INDUSTRIES[item["industry"]][1]
        rows.append(
            (
                "Mean wage by division",
                name,
                unit,
                item["period"],
                item["mean_daily_wage"],
                mean,
                item["source"],
            )
        )
    industries = read_table(directory, "industries")
    share = industries["insured_workers"] / industries["insured_workers"].sum()
    for item, published in zip(industries.to_dict("records"), share, strict=True):
        stock = population.stock(_day(item["period"]))
        simulated = (stock["industry"] == item["industry"]).mean()
        name = INDUSTRIES[item["industry"]][1]
        rows.append(
            (
                "Share of jobs by division",
                name,
                "share",
                item["period"],
                published,
                simulated,
                item["source"],
            )
        )
    wages = read_table(directory, "state_wages").sort_values("known_from").groupby("state").tail(1)
    for item in wages.sort_values("state").to_dict("records"):
        stock = population.stock(_day(item["month"]))
        mean = stock.loc[stock["state"] == item["state"], "daily_wage"].mean()
        rows.append(
            (
                "Mean wage by state",
                STATES[item["state"]],
                unit,
                item["month"],
                item["mean_daily_wage"],
                mean,
                item["source"],
            )
        )
    for item in read_table(directory, "minimum_wage").to_dict("records"):
        year = int(item["known_from"][:4])
        floor = population.stock(date(year, 2, 15))
        lowest = floor.loc[~floor["employer_id"].str.startswith("S"), "daily_wage"].min()
        rows.append(
            (
                "Lowest wage of a main job",
                "all",
                unit,
                str(year),
                item["daily_wage"],
                lowest,
                item["source"],
            )
        )
    return rows


def _ages(population: _Population, directory: Path) -> list[tuple[object, ...]]:
    day = date(2020, 5, 15)
    stock = population.stock(day)
    age = (pd.Timestamp(day) - stock["birth_date"]).dt.days / 365.25
    rows: list[tuple[object, ...]] = []
    for item in read_table(directory, "age_structure").to_dict("records"):
        inside = ((age >= item["age_from"]) & (age < item["age_to"] + 1)).mean()
        group = f"{item['age_from']}-{item['age_to']}"
        rows.append(
            (
                "Share of jobs by age",
                group,
                "share",
                "2020-05",
                item["share"],
                inside,
                item["source"],
            )
        )
    return rows


def _kept_jobs(population: _Population, day: date) -> pd.DataFrame:
    """Jobs open on a day, with whether the person still works for the employer 12 months later."""
    later = set(population.stock(day + timedelta(days=365))["employer_id"])
    stock = population.stock(day).drop_duplicates("employer_id")
    return stock.assign(kept=stock["employer_id"].isin(later))


def _retention(population: _Population, directory: Path) -> list[tuple[object, ...]]:
    jobs = _kept_jobs(population, date(2022, 5, 15))
    minimum = read_table(directory, "minimum_wage").set_index("known_from")["daily_wage"]
    times = jobs["daily_wage"] / float(minimum["2022-01-01"])
    rows: list[tuple[object, ...]] = []
    for item in read_table(directory, "job_retention").to_dict("records"):
        high = item["wage_to"] if item["wage_to"] == item["wage_to"] else np.inf
        # A wage within a hundredth of the minimum counts as the minimum.
        low = item["wage_from"] + (0.01 if item["wage_from"] == 1 else 0.0)
        high = high + (0.01 if high == 1 else 0.0)
        kept = jobs.loc[(times > low) & (times <= high), "kept"].mean()
        group = (
            f"{item['wage_from']:g} to {item['wage_to']:g} minimum wages"
            if np.isfinite(high)
            else "over 10 minimum wages"
        )
        rows.append(
            (
                "Same job after 12 months",
                group,
                "share",
                "2023",
                item["share_same_job_after_12m"],
                kept,
                item["source"],
            )
        )
    return rows


def _published_figures(population: _Population, directory: Path) -> list[tuple[object, ...]]:
    simulated = {**_labour_figures(population), **_loan_figures(population)}
    names = {
        "monthly_separations": "Separations in a month",
        "contribution_density": "Contribution density",
        "retention_effect": "Retention, difference",
        "women_share": "Share of women",
        "mean_amount": "Mean loan amount",
        "share_amount_to_40000": "Loans up to MXN 40,000",
        "mean_amount_to_40000": "Mean amount of those up to 40,000",
        "mean_term": "Mean term",
        "mean_rate": "Mean yearly rate",
        "adjusted_delinquency": "Default within 12 months (published: IMORA)",
    }
    return [
        (
            names[item["figure"]],
            item["group"],
            item["unit"],
            item["period"],
            float(item["value"]),
            simulated[item["figure"], item["group"]],
            item["source"],
        )
        for item in read_table(directory, "published_figures").to_dict("records")
    ]


def _labour_figures(population: _Population) -> dict[tuple[str, str], float]:
    kept = _kept_jobs(population, date(2022, 5, 15))
    by_industry = kept.groupby("industry")["kept"].mean()
    by_sex = kept.groupby("sex")["kept"].mean()
    latest = population.stock(date(2026, 5, 15))
    return {
        ("monthly_separations", "all"): _separations(population.spells, "2016-07"),
        ("contribution_density", "all"): _density(population.spells, "2011-06-01", "2015-12-31"),
        ("retention_effect", "construction"): by_industry["4"] - by_industry["0"],
        ("retention_effect", "social_services"): by_industry["9"] - by_industry["0"],
        ("retention_effect", "women"): by_sex["M"] - by_sex["H"],
        ("women_share", "all"): float((latest["sex"] == "M").mean()),
    }


def _separations(spells: pd.DataFrame, month: str) -> float:
    """Jobs that ended in a month (a raise ends none), over the jobs open on its first day."""
    first = pd.Timestamp(f"{month}-01")
    last = first + pd.offsets.MonthEnd(0)
    ended = spells[(spells["end_date"] >= first) & (spells["end_date"] <= last)]
    follow = set(zip(spells["employer_id"], spells["start_date"], strict=True))
    next_day = ended["end_date"] + pd.Timedelta(days=1)
    over = sum(pair not in follow for pair in zip(ended["employer_id"], next_day, strict=True))
    return over / int(((spells["start_date"] <= first) & (spells["end_date"] >= first)).sum())


def _density(spells: pd.DataFrame, first: str, last: str) -> float:
    """Share of days with a job, since each person's first job, within a period; main jobs only."""
    begin, end = pd.Timestamp(first), pd.Timestamp(last)
    main = spells[~spells["employer_id"].str.startswith("S")]
    entry = np.maximum(main.groupby("person_id")["start_date"].min().to_numpy(), begin.to_numpy())
    elapsed = np.clip((end.to_numpy() - entry) / _ONE_DAY + 1, 0, None)
    last_day = np.minimum(main["end_date"].to_numpy(), end.to_numpy())
    first_day = np.maximum(main["start_date"].to_numpy(), begin.to_numpy())
    worked = np.clip((last_day - first_day) / _ONE_DAY + 1, 0, None)
    return float(worked.sum() / elapsed.sum())


def _loan_figures(population: _Population) -> dict[tuple[str, str], float]:
    figures: dict[tuple[str, str], float] = {}
    for product, year in (("payroll", 2018), ("personal", 2017)):
        loans = population.loans[population.loans["product"] == product]
        then = loans[loans["granted_on"].dt.year == max(year, loans["granted_on"].dt.year.min())]
        small = then[then["amount"] <= 40_000]
        figures["mean_amount", product] = then["amount"].mean()
        figures["share_amount_to_40000", product] = len(small) / len(then)
        figures["mean_amount_to_40000", product] = small["amount"].mean()
        figures["mean_term", product] = then["term_months"].mean()
        figures["mean_rate", product] = loans["annual_rate"].mean()
        figures["adjusted_delinquency", product] = loans["default_12m"].mean()
    return figures
