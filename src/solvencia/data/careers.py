"""How one month of working life goes: the simulator's kernel, vectorised over people.

The same kernel writes the histories and, run forward many times from a person's hidden state,
gives the true probabilities that no file shows. It knows nothing of features or models.

Hidden traits (standard normal): ``stability`` lowers separations, ``ability`` raises wages,
``prudence`` lowers defaults.
"""

from dataclasses import dataclass, fields
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from solvencia.data.labour_market import EDUCATION_WAGE, LabourMarket

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# Log-odds of separating in a month, beyond the base, by division in key order.
_INDUSTRY_SEPARATION = np.array([0.0, -0.1, -0.1, 0.33, -0.3, 0.1, 0.05, 0.1, -0.02])
# Share of new jobs that are temporary, by division in key order.
_TEMPORARY_SHARE = np.array([0.54, 0.46, 0.47, 0.66, 0.40, 0.51, 0.51, 0.55, 0.48])
_SEASON = np.array([0.05, -0.1, -0.05, 0.0, 0.0, 0.1, 0.05, 0.05, -0.05, -0.05, 0.0, 0.35])
# New jobs by division, relative to its share of the insured: short jobs need more hiring.
_HIRING_WEIGHT = np.exp(1.7 * _INDUSTRY_SEPARATION)
_INDUSTRY_STAYS = 0.6
_STATE_STAYS = 0.97


@dataclass
class Workers:
    """State of many people at the end of a month; every attribute has shape (n,).

    Wages are nominal MXN a day. ``job`` numbers a person's employers; a recall keeps the number.
    ``tenure`` counts months since the job began, ``idle`` months since the last one ended.
    """

    birth_month: Ints
    entry_month: Ints
    exit_month: Ints
    woman: Bools
    education: Ints
    stability: Floats
    ability: Floats
    prudence: Floats
    state: Ints
    industry: Ints
    employed: Bools
    temporary: Bools
    tenure: Ints
    idle: Ints
    job: Ints
    jobs_held: Ints
    wage: Floats
    raise_month: Ints
    side_on: Bools
    side_wage: Floats

    def take(self, index: Ints) -> Self:
        """The people at these positions, repeated where an index repeats."""
        return type(self)(*(getattr(self, field.name)[index] for field in fields(self)))

    def income(self) -> Floats:
        """Daily wage of all current jobs, or of the last one."""
        return np.where(self.employed & self.side_on, self.wage + self.side_wage, self.wage)


class Month(NamedTuple):
    """What happened in a month. Days count from 0 within the month; masks have shape (n,).

    ``raised`` jobs change wage on day 0; ``ended`` jobs' last day is ``end_day``; ``started`` jobs'
    first day is ``start_day``. ``paid`` is the nominal income of the month, MXN.
    """

    raised: Bools
    wage_before: Floats
    ended: Bools
    end_day: Ints
    ended_job: Ints
    ended_wage: Floats
    ended_state: Ints
    ended_industry: Ints
    started: Bools
    start_day: Ints
    side_started: Bools
    side_ended: Bools
    paid: Floats


def wage_level(market: LabourMarket, workers: Workers, t: Ints) -> Floats:
    """Log of the nominal daily wage a person can expect in month ``t``."""
    experience = np.clip((t - workers.entry_month) / 12.0, 0.0, 45.0)
    return np.asarray(
        np.log(market.mean_wage[t])
        - 0.25
        + 1.12 * market.industry_wage[workers.industry]
        + market.state_wage[workers.state]
        + np.asarray(EDUCATION_WAGE)[workers.education]
        + 0.026 * experience
        - 0.00042 * experience**2
        + 0.42 * workers.ability
        - 0.05 * workers.woman
    )


def separation_probability(market: LabourMarket, workers: Workers, t: Ints) -> Floats:
    """Chance that the current job ends in month ``t``."""
    month = (market.first_month + t - 1) % 12
    in_minimum_wages = np.maximum(workers.wage / market.minimum_wage[t], 1.0)
    age = (t - workers.birth_month) / 12.0
    log_odds = (
        -2.76
        + 2.15 * workers.temporary
        + 1.4 * np.exp(-workers.tenure / 9.0)
        + _INDUSTRY_SEPARATION[workers.industry]
        - 0.85 * np.minimum(np.log(in_minimum_wages), 1.2)
        - 0.62 * workers.stability
        - 0.10 * workers.woman
        - 6.0 * market.state_growth[t, workers.state]
        + 0.30 * (age < 25)
        + _SEASON[month]
    )
    return np.asarray(1.0 / (1.0 + np.exp(-log_odds)))


def hiring_probability(market: LabourMarket, workers: Workers, t: Ints) -> Floats:
    """Chance that someone without formal work starts a job in month ``t``."""
    age = (t - workers.birth_month) / 12.0
    log_odds = (
        -1.2
        + 0.35 * workers.stability
        - 0.045 * np.minimum(workers.idle, 36)
        + 0.12 * (workers.education - 2)
        - 0.7 * (age > 50)
        - 0.15 * workers.woman
        + 5.0 * market.state_growth[t, workers.state]
    )
    return np.asarray(1.0 / (1.0 + np.exp(-log_odds)))


def live_month(market: LabourMarket, workers: Workers, t: Ints, rng: np.random.Generator) -> Month:
    """Live month ``t`` (one index a person), changing ``workers`` in place.

    Someone's job may end and the next begin within one month; a job that begins lasts at least to
    the month's end.
    """
    count = len(t)
    days = market.first_day[t + 1] - market.first_day[t]
    floor, cap = market.minimum_wage[t], market.wage_cap[t]
    before = np.where(workers.employed, workers.wage, 0.0)

    # Raises, on the first day: once a year, and whenever the minimum wage overtakes.
    month = (market.first_month + t - 1) % 12
    growth = market.mean_wage[t] / market.mean_wage[np.maximum(t - 12, 0)]
    draw = rng.random((5, count))
    normal = rng.standard_normal((3, count))
    review = (
        workers.employed & (month == workers.raise_month) & (workers.tenure >= 6) & (draw[0] < 0.85)
    )
    step = growth * np.exp(0.035 * normal[0] + 0.004)
    step = np.where(draw[1] < 0.05, step * 1.18, np.where(draw[1] > 0.965, step * 0.72, step))
    wage = np.where(review, workers.wage * step, workers.wage)
    wage = np.round(np.clip(wage, floor, cap), 2)
    raised = workers.employed & (wage != workers.wage)
    workers.wage = np.where(raised, wage, workers.wage)

    # Separations, and who walks into another job or is called back.
    in_force = (t >= workers.entry_month) & (t < workers.exit_month)
    leaves = workers.employed & (~in_force | (draw[2] < separation_probability(market, workers, t)))
    end_day = (draw[3] * days).astype(np.int64)
    ended_job, ended_wage = workers.job.copy(), workers.wage.copy()
    ended_state, ended_industry = workers.state.copy(), workers.industry.copy()
    choice = rng.random((5, count))
    next_job_chance = 0.50 + 0.06 * workers.stability
    moves = leaves & in_force & (choice[0] < next_job_chance) & (end_day < days - 1)
    hired = ~workers.employed & in_force & (choice[0] < hiring_probability(market, workers, t))
    starts = moves | hired
    called_back = (
        starts
        & (workers.jobs_held > 0)
        & (choice[1] < np.where(hired & (workers.idle < 5), 0.55, 0.28))
    )
    new_job = starts & ~called_back

    # A new job: perhaps another industry or state, at a wage that keeps some of the last one's
    # distance from the usual.
    hiring = np.cumsum(market.industry_share * _HIRING_WEIGHT)
    hiring = hiring[:-1] / hiring[-1]
    usual_before = wage_level(market, workers, t)
    switches = new_job & (choice[2] > _INDUSTRY_STAYS)
    workers.industry = np.where(
        switches,
        np.searchsorted(hiring, choice[3]),
        workers.industry,
    )
    moves_away = new_job & (choice[4] > _STATE_STAYS)
    workers.state = np.where(
        moves_away, np.searchsorted(np.cumsum(market.state_share)[:-1], draw[4]), workers.state
    )
    usual = wage_level(market, workers, t)
    experienced = workers.jobs_held > 0
    last = np.log(np.maximum(workers.wage, 1.0)) + np.log(
        market.mean_wage[t] / market.mean_wage[np.maximum(t - workers.idle, 0)]
    )
    offered = usual + np.where(experienced, 0.55 * (last - usual_before), 0.0)
    offered = offered + 0.16 * normal[1] - 0.012 * np.minimum(workers.idle, 12)
    offered_wage = np.round(np.clip(np.exp(offered), floor, cap), 2)
    workers.wage = np.where(
        new_job, offered_wage, np.where(starts, np.clip(workers.wage, floor, cap), workers.wage)
    )
    workers.jobs_held = workers.jobs_held + new_job
    workers.job = np.where(new_job, workers.jobs_held, workers.job)
    workers.temporary = np.where(
        new_job, rng.random(count) < _TEMPORARY_SHARE[workers.industry], workers.temporary
    )
    workers.raise_month = np.where(
        new_job,
        np.where(rng.random(count) < 0.4, 0, rng.integers(0, 12, count)),
        workers.raise_month,
    )
    gap = rng.random(count)
    start_day = np.where(
        moves,
        end_day + 1 + (gap * np.minimum(days - 1 - end_day, 10)).astype(np.int64),
        (gap * days).astype(np.int64),
    )

    # A second job, held only beside a main one.
    side_draw = rng.random(count)
    stays = workers.employed & ~leaves
    side_started = stays & ~workers.side_on & (side_draw < 0.0022)
    side_ended = workers.side_on & (~stays | (side_draw > 0.93))
    side_wage = np.round(np.maximum(0.45 * workers.wage * np.exp(0.25 * normal[2]), 0.5 * floor), 2)
    side_paid = np.where(workers.side_on & ~side_ended, workers.side_wage * days, 0.0)
    side_paid = np.where(side_started, side_wage * days, side_paid)
    workers.side_wage = np.where(side_started, side_wage, workers.side_wage)
    workers.side_on = (workers.side_on | side_started) & ~side_ended

    was = workers.employed
    paid = np.where(was, ended_wage * np.where(leaves, end_day + 1, days), 0.0)
    paid = paid + np.where(starts, workers.wage * (days - start_day), 0.0) + side_paid
    workers.employed = (was & ~leaves) | starts
    workers.tenure = np.where(new_job, 0, workers.tenure + workers.employed)
    workers.idle = np.where(workers.employed, 0, np.where(leaves, 1, workers.idle + 1))
    return Month(
        raised=raised,
        wage_before=before,
        ended=leaves,
        end_day=end_day,
        ended_job=ended_job,
        ended_wage=ended_wage,
        ended_state=ended_state,
        ended_industry=ended_industry,
        started=starts,
        start_day=start_day,
        side_started=side_started,
        side_ended=side_ended,
        paid=paid,
    )
