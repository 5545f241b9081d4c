"""The invented company: its campaigns, its people's attributes, its roster and its story.

What belongs here: facts and likelihoods, as tables. What doesn't: how they are drawn from.

The company sells maintenance software to factories in Mexico. Its story, month by month from the
first: an ordinary autumn; from the third month three slow ones, in which a sales rep has left and
sales misses its promises of follow-up; a list of calls that a telephone provider had failed to
deliver then arrives late and mends some of those figures; a new rep joins, sales recovers, and from
the seventh month a second version of the agreement asks for a higher score.

Every name is visibly invented, and every address is in a domain that can't exist.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from .clock import month_start

DEMO_SEED = 20251101
DEMO_PEOPLE = 5000
FIRST_DAY = date(2025, 11, 1)
MONTHS = 12

# The story, in months (0 is the first) and days of those months.
SECOND_VERSION_MONTH = 6
SLOW_MONTHS = {1: 0.04, 2: 0.85, 3: 1.0, 4: 1.0, 5: 0.15}  # share of MQLs followed up slowly
REP_LEAVES = (2, 16)
REP_JOINS = (5, 13)
LOST_CALLS_MONTHS = (2, 4)
LOST_CALLS_SHARE = 0.40
LOST_CALLS_ARRIVE = (5, 21)
PUBLISHED_BEFORE = (5, 20)  # what had been published when they arrived
LIST_IMPORT = (3, 10)
SLOW_HANDOFF_MONTHS = {1: 0.16, 8: 0.14}  # marketing's own weak months: holidays, and July


@dataclass(frozen=True)
class Campaign:
    """One campaign: whom it brings, whom it reaches again, and what it costs a month."""

    name: str
    channel: str
    first_month: int
    last_month: int
    pull: int  # how many new people it brings
    reach: int  # how often it reaches people who are known already
    fit: tuple[int, int, int, int]  # of 100 people it brings: ideal, good, fair, none
    warmth: int  # how interested they are in the end, in percent of what is usual
    monthly_spend: int  # in whole units of `currency`
    currency: str = "MXN"


_ALWAYS = 60
CAMPAIGNS = (
    Campaign("Sorteo de tabletas", "social", 0, 9, 46, 6, (0, 2, 20, 78), 30, 3_500),
    Campaign("Cumbre de Mantenimiento", "event", 4, 7, 16, 6, (58, 32, 8, 2), 140, 34_000),
    Campaign("Búsqueda de marca", "search", 0, _ALWAYS, 17, 4, (36, 36, 23, 5), 100, 11_000),
    Campaign("Búsqueda genérica", "search", 0, _ALWAYS, 17, 4, (20, 33, 36, 11), 100, 14_000),
    Campaign("Anuncios a directivos", "social", 0, _ALWAYS, 10, 5, (42, 34, 19, 5), 110, 720, "USD"),
    Campaign("Boletín mensual", "email", 0, _ALWAYS, 4, 34, (18, 34, 36, 12), 90, 1_500),
    Campaign("Webinar: presupuesto 2026", "webinar", 0, 1, 9, 7, (30, 38, 26, 6), 100, 6_000),
    Campaign("Webinar: paros no planeados", "webinar", 3, 6, 10, 9, (33, 37, 24, 6), 100, 6_500),
    Campaign("Guía de refacciones", "content", 0, _ALWAYS, 11, 9, (22, 38, 32, 8), 100, 3_000),
    Campaign("Feria industrial del norte", "event", 10, 10, 22, 3, (34, 36, 25, 5), 100, 30_000),
    Campaign("Recordatorios en sitios afines", "social", 0, _ALWAYS, 2, 18, (14, 30, 38, 18), 80, 5_000),
    Campaign("Recomendado por clientes", "content", 0, _ALWAYS, 6, 2, (56, 30, 12, 2), 125, 2_500),
    Campaign("Promoción de fin de año", "social", 0, 1, 14, 8, (8, 24, 48, 20), 75, 8_000),
    Campaign("Reactivación de verano", "email", 8, 9, 1, 30, (18, 34, 36, 12), 100, 2_500),
    Campaign("Seguimiento automático", "email", 0, _ALWAYS, 0, 14, (25, 25, 25, 25), 100, 1_000),
)
RAFFLE = 0
NURTURE = 14
NO_CAMPAIGN_PULL = 13
NO_CAMPAIGN_REACH = 95
NO_CAMPAIGN_FIT = (22, 34, 34, 10)

FIT_CLASSES = ("ideal", "good", "fair", "none")

# What is known of a person: (value, does it meet the score's criterion), with a weight for each of
# the four fit classes. Spellings vary as hand-made entries do.
Options = tuple[tuple[str, bool, tuple[int, int, int, int]], ...]
JOB_TITLES: Options = (
    ("Director de Operaciones", True, (24, 3, 0, 0)),
    ("Directora de Planta", True, (20, 3, 0, 0)),
    ("Gerente General", True, (16, 3, 0, 0)),
    ("GERENTE GENERAL ", True, (4, 1, 0, 0)),
    ("CTO", True, (12, 2, 0, 0)),
    ("Director de Mantenimiento", True, (24, 6, 0, 0)),
    ("Jefe de Mantenimiento", False, (0, 30, 8, 0)),
    ("Gerente de Compras", False, (0, 22, 10, 0)),
    ("Subdirector de Calidad", False, (0, 14, 6, 0)),
    ("Coordinadora de Mantenimiento", False, (0, 16, 18, 2)),
    ("Ingeniero de Procesos", False, (0, 0, 26, 6)),
    ("Analista", False, (0, 0, 22, 12)),
    ("Consultor", False, (0, 0, 10, 10)),
    ("Estudiante de Ingeniería", False, (0, 0, 0, 38)),
    ("Becaria", False, (0, 0, 0, 12)),
    ("Student", False, (0, 0, 0, 8)),
    ("", False, (0, 0, 0, 12)),
)
STUDENT_TITLES = frozenset({"Estudiante de Ingeniería", "Student"})
INDUSTRIES: Options = (
    ("Manufactura", True, (38, 26, 12, 4)),
    ("Alimentos y bebidas", True, (22, 16, 6, 2)),
    ("Automotriz", True, (24, 16, 6, 2)),
    ("Logística", True, (10, 10, 4, 1)),
    ("LOGISTICA", True, (6, 4, 2, 0)),
    ("Servicios", False, (0, 12, 26, 20)),
    ("Comercio", False, (0, 10, 22, 18)),
    ("Educación", False, (0, 2, 10, 34)),
    ("Gobierno", False, (0, 4, 8, 6)),
    ("", False, (0, 0, 4, 13)),
)
COUNTRIES: Options = (
    ("MX", True, (86, 85, 80, 72)),
    ("CO", True, (6, 6, 7, 9)),
    ("CL", True, (4, 4, 4, 4)),
    ("PE", False, (2, 3, 5, 8)),
    ("US", False, (2, 2, 4, 7)),
)
STATES = ("Nuevo León", "Jalisco", "Querétaro", "Estado de México", "Puebla", "Guanajuato", "Coahuila")
EMPLOYEES = (  # quantiles by fit class
    ((0.0, 40), (0.1, 60), (0.5, 240), (0.9, 1500), (1.0, 4200)),
    ((0.0, 15), (0.2, 50), (0.5, 120), (0.9, 700), (1.0, 2500)),
    ((0.0, 2), (0.5, 35), (0.9, 200), (1.0, 900)),
    ((0.0, 1), (0.7, 12), (1.0, 400)),
)
ENOUGH_EMPLOYEES = 50
BUDGETS = (  # thousands of MXN a year, by fit class
    ((0.0, 200), (0.1, 260), (0.5, 600), (0.9, 2400), (1.0, 6000)),
    ((0.0, 60), (0.4, 250), (0.8, 600), (1.0, 1800)),
    ((0.0, 10), (0.75, 250), (1.0, 600)),
    ((0.0, 0), (0.9, 80), (1.0, 300)),
)
ENOUGH_BUDGET = 250_000
COMPANY_FIRST_WORDS = (
    "Aceros",
    "Textiles",
    "Plásticos",
    "Alimentos",
    "Empaques",
    "Vidrios",
    "Motores",
    "Tintas",
)
COMPANY_LAST_WORDS = ("de Ejemplo", "Imaginarios", "de Muestra", "Ficticios", "de Prueba", "Inventados")

# How lively a person is (0 to 3), by fit class: the better the fit, the more there is to read.
ENGAGEMENT = ((18, 34, 32, 16), (26, 38, 26, 10), (38, 38, 18, 6), (60, 32, 7, 1))
SESSIONS = (  # quantiles of visits, by liveliness
    ((0.0, 1), (0.6, 3), (1.0, 6)),
    ((0.0, 3), (0.5, 7), (1.0, 13)),
    ((0.0, 6), (0.5, 13), (1.0, 24)),
    ((0.0, 10), (0.5, 20), (1.0, 48)),
)
DAYS_BETWEEN_SESSIONS = (
    ((0.0, 3), (0.5, 25), (1.0, 120)),
    ((0.0, 1), (0.5, 12), (1.0, 70)),
    ((0.0, 0), (0.5, 7), (1.0, 45)),
    ((0.0, 0), (0.5, 4), (1.0, 30)),
)

# Touches: type, content, and weights by channel for a person who is only looking, then for one with
# a purchase in mind.
CHANNELS = ("email", "search", "social", "content", "webinar", "event", "direct")
TOUCH_KINDS = (
    ("email_open", "newsletter"),
    ("email_click", "newsletter"),
    ("page_view", "blog"),
    ("page_view", "product"),
    ("page_view", "pricing"),
    ("content_download", "guide"),
    ("content_download", "case_study"),
    ("content_download", "pricing"),
    ("form_submission", "contact"),
    ("form_submission", "raffle"),
    ("webinar_attended", "webinar"),
    ("info_request", "demo"),
    ("other", "event_visit"),
)
TOUCH_WEIGHTS_LOOKING = (
    (50, 14, 14, 6, 1, 4, 1, 0, 1, 0, 1, 0, 0),
    (0, 0, 38, 34, 5, 8, 3, 1, 3, 0, 0, 1, 0),
    (4, 2, 46, 24, 3, 6, 1, 0, 2, 10, 0, 0, 0),
    (4, 2, 28, 16, 3, 32, 7, 1, 4, 0, 0, 0, 0),
    (14, 6, 16, 14, 3, 6, 3, 0, 5, 0, 28, 1, 0),
    (6, 2, 12, 16, 3, 8, 4, 1, 6, 0, 0, 1, 40),
    (0, 0, 40, 36, 7, 8, 3, 1, 3, 0, 0, 1, 0),
)
TOUCH_WEIGHTS_BUYING = (
    (34, 18, 10, 14, 8, 5, 6, 3, 2, 0, 2, 2, 0),
    (0, 0, 18, 30, 20, 7, 9, 6, 6, 0, 0, 4, 0),
    (3, 2, 26, 28, 15, 7, 7, 4, 5, 1, 0, 2, 0),
    (3, 2, 16, 16, 12, 22, 15, 6, 5, 0, 0, 3, 0),
    (9, 6, 10, 14, 10, 6, 9, 4, 6, 0, 24, 4, 0),
    (4, 2, 8, 16, 11, 7, 11, 6, 8, 0, 0, 6, 30),
    (0, 0, 20, 30, 20, 7, 9, 6, 5, 0, 0, 4, 0),
)
BUYING_SHARE = (0.62, 0.40, 0.14, 0.02)  # of people, by fit class

REP_NAMES = (
    "Alba Ejemplo",
    "Bruno Muestra",
    "Carla Prueba",
    "Darío Ficticio",
    "Elena Ejemplo",
    "Fabio Muestra",
    "Gala Prueba",
    "Hugo Ficticio",
    "Inés Ejemplo",
    "Julio Muestra",
    "Karla Prueba",
    "León Ficticio",
)
LEAVING_REP = 6
JOINING_REP = 11
PART_TIME_REP = 8
RECKLESS_REP = 3  # rejects more than others without having called

REJECTION_REASONS = (
    "Sin presupuesto",
    "Contacto equivocado",
    "Ya tiene proveedor",
    "Estudiante",
    "Datos falsos",
)


def campaigns(count: int) -> tuple[Campaign, ...]:
    """The first `count` campaigns; beyond the named ones they come back, numbered."""
    return tuple(
        CAMPAIGNS[i]
        if i < len(CAMPAIGNS)
        else replace(CAMPAIGNS[i % len(CAMPAIGNS)], name=f"{CAMPAIGNS[i % len(CAMPAIGNS)].name} {i + 1}")
        for i in range(count)
    )


def story_day(first_day: date, moment: tuple[int, int]) -> date:
    """The date of a (month, day of the month) of the story."""
    return month_start(first_day, moment[0]).replace(day=moment[1])
