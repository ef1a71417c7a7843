"""The simulated population as it stands before the first month."""

import numpy as np

from solvencia.data.careers import Workers, wage_level
from solvencia.data.labour_market import EDUCATION_SHARES, LabourMarket
from solvencia.domain.catalogue import INDUSTRIES, STATES

_WOMEN_SHARE = 0.404
"""Of the insured, May 2026 (IMSS)."""


def newcomers(market: LabourMarket, count: int, rng: np.random.Generator) -> Workers:
    """People as they stand before the first month."""
    low = np.array([a for a, _, _ in market.age_shares], dtype=float)
    high = np.array([b + 1 if b < 90 else 70 for _, b, _ in market.age_shares], dtype=float)
    share = np.array([s for _, _, s in market.age_shares])
    # Ages are set where the structure was published. Few of the youngest are insured yet, so more
    # of them are drawn; children who will enter, and people who have left, complete the picture.
    weight = share * np.where(low < 20, 4.4, np.where(low < 25, 1.25, np.where(low < 65, 1.0, 1.9)))
    low, high = np.append(low, [9.0, 65.0]), np.append(high, [15.0, 78.0])
    weight = np.append(weight, [0.13, 0.08])
    group = rng.choice(len(weight), size=count, p=weight / weight.sum())
    age = rng.uniform(low[group], high[group])
    left = group == len(weight) - 1
    birth = market.age_month - np.round(age * 12).astype(np.int64)
    education = rng.choice(5, size=count, p=EDUCATION_SHARES).astype(np.int64)
    entry_age = np.array([15.0, 15.5, 17.5, 18.5, 21.5])[education] + rng.gamma(1.5, 0.8, count)
    exit_age = np.where(left, rng.uniform(58, 66, count), rng.normal(67, 5, count))
    stability, ability, prudence = rng.standard_normal((3, count))
    prudence = 0.3 * stability + 0.2 * ability + np.sqrt(1 - 0.13) * prudence
    entry = birth + np.round(entry_age * 12).astype(np.int64)
    leave = birth + np.round(exit_age * 12).astype(np.int64)
    in_force = (entry < 0) & (leave > 0)
    employed = in_force & (rng.random(count) < 0.76)
    tenure = np.minimum((rng.exponential(45, count)).astype(np.int64), np.maximum(-entry, 0))
    workers = Workers(
        birth_month=birth,
        entry_month=entry,
        exit_month=leave,
        woman=rng.random(count) < _WOMEN_SHARE,
        education=education,
        stability=stability,
        ability=ability,
        prudence=prudence,
        state=rng.choice(len(STATES), size=count, p=market.state_share).astype(np.int64),
        industry=rng.choice(len(INDUSTRIES), size=count, p=market.industry_share).astype(np.int64),
        employed=employed,
        temporary=rng.random(count) < 0.13,
        tenure=np.where(employed, tenure, 0),
        idle=np.where(employed, 0, rng.integers(1, 24, count)),
        job=employed.astype(np.int64),
        jobs_held=employed.astype(np.int64),
        wage=np.zeros(count),
        raise_month=np.where(rng.random(count) < 0.4, 0, rng.integers(0, 12, count)),
        side_on=np.zeros(count, dtype=bool),
        side_wage=np.zeros(count),
    )
    start = np.zeros(count, dtype=np.int64)
    wage = np.exp(wage_level(market, workers, start) + 0.16 * rng.standard_normal(count))
    workers.wage = np.where(
        employed, np.round(np.clip(wage, market.minimum_wage[0], market.wage_cap[0]), 2), 0.0
    )
    return workers
