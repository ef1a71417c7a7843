"""Mexico as tiles: 32 squares, each about where its state lies."""

from typing import NamedTuple


class Tile(NamedTuple):
    """Abbreviation of a state, and the place of its square, counted from the north-west."""

    short: str
    column: int
    row: int


STATES: dict[str, Tile] = {
    "01": Tile("AGS", 3, 2),
    "02": Tile("BC", 0, 0),
    "03": Tile("BCS", 0, 1),
    "04": Tile("CAMP", 9, 3),
    "05": Tile("COAH", 3, 0),
    "06": Tile("COL", 2, 3),
    "07": Tile("CHIS", 8, 4),
    "08": Tile("CHIH", 2, 0),
    "09": Tile("CDMX", 5, 3),
    "10": Tile("DGO", 2, 1),
    "11": Tile("GTO", 4, 2),
    "12": Tile("GRO", 4, 4),
    "13": Tile("HGO", 6, 2),
    "14": Tile("JAL", 2, 2),
    "15": Tile("MEX", 4, 3),
    "16": Tile("MICH", 3, 3),
    "17": Tile("MOR", 5, 4),
    "18": Tile("NAY", 1, 2),
    "19": Tile("NL", 4, 0),
    "20": Tile("OAX", 7, 4),
    "21": Tile("PUE", 6, 4),
    "22": Tile("QRO", 5, 2),
    "23": Tile("QROO", 10, 2),
    "24": Tile("SLP", 4, 1),
    "25": Tile("SIN", 1, 1),
    "26": Tile("SON", 1, 0),
    "27": Tile("TAB", 8, 3),
    "28": Tile("TAMPS", 5, 0),
    "29": Tile("TLAX", 6, 3),
    "30": Tile("VER", 7, 3),
    "31": Tile("YUC", 9, 2),
    "32": Tile("ZAC", 3, 1),
}
"""By INEGI key."""
