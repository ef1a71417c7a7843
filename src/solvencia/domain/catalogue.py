"""The closed lists: states, industries, education levels and loan products, with their names.

Sources: INEGI, Catálogo Único de Claves (state keys); IMSS, divisions of economic activity.
"""

from enum import StrEnum

STATES: dict[str, str] = {
    "01": "Aguascalientes",
    "02": "Baja California",
    "03": "Baja California Sur",
    "04": "Campeche",
    "05": "Coahuila de Zaragoza",
    "06": "Colima",
    "07": "Chiapas",
    "08": "Chihuahua",
    "09": "Ciudad de México",
    "10": "Durango",
    "11": "Guanajuato",
    "12": "Guerrero",
    "13": "Hidalgo",
    "14": "Jalisco",
    "15": "México",
    "16": "Michoacán de Ocampo",
    "17": "Morelos",
    "18": "Nayarit",
    "19": "Nuevo León",
    "20": "Oaxaca",
    "21": "Puebla",
    "22": "Querétaro",
    "23": "Quintana Roo",
    "24": "San Luis Potosí",
    "25": "Sinaloa",
    "26": "Sonora",
    "27": "Tabasco",
    "28": "Tamaulipas",
    "29": "Tlaxcala",
    "30": "Veracruz de Ignacio de la Llave",
    "31": "Yucatán",
    "32": "Zacatecas",
}


class Industry(StrEnum):
    """IMSS division of economic activity (there is no division 2)."""

    AGRICULTURE = "0"
    MINING = "1"
    MANUFACTURING = "3"
    CONSTRUCTION = "4"
    UTILITIES = "5"
    COMMERCE = "6"
    TRANSPORT = "7"
    BUSINESS_SERVICES = "8"
    SOCIAL_SERVICES = "9"


INDUSTRIES: dict[str, tuple[str, str]] = {
    "0": (
        "Agricultura, ganadería, silvicultura, pesca y caza",
        "Agriculture, livestock, forestry and fishing",
    ),
    "1": ("Industrias extractivas", "Mining and extraction"),
    "3": ("Industrias de la transformación", "Manufacturing"),
    "4": ("Industria de la construcción", "Construction"),
    "5": (
        "Industria eléctrica, captación y suministro de agua potable",
        "Electricity and water supply",
    ),
    "6": ("Comercio", "Commerce"),
    "7": ("Transportes y comunicaciones", "Transport and communications"),
    "8": (
        "Servicios para empresas, personas y el hogar",
        "Services to companies and households",
    ),
    "9": ("Servicios sociales y comunales", "Social and community services"),
}


class Education(StrEnum):
    """Highest level completed, from lowest to highest."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    UPPER_SECONDARY = "upper_secondary"
    TECHNICAL = "technical"
    HIGHER = "higher"


EDUCATION: dict[str, tuple[str, str]] = {
    "primary": ("Primaria o menos", "Primary or less"),
    "secondary": ("Secundaria", "Lower secondary"),
    "upper_secondary": ("Bachillerato", "Upper secondary"),
    "technical": ("Carrera técnica", "Technical"),
    "higher": ("Licenciatura o más", "Degree or higher"),
}


class Product(StrEnum):
    """Loan product."""

    PAYROLL = "payroll"
    PERSONAL = "personal"


PRODUCTS: dict[str, tuple[str, str]] = {
    "payroll": ("Crédito de nómina", "Payroll loan"),
    "personal": ("Crédito personal", "Personal loan"),
}
