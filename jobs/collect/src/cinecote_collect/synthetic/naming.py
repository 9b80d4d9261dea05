"""Titles that look like titles, in several languages, with their accents."""

from random import Random

_ONSETS = "b br c ch d dr f g gr h j k l m n p pr qu r s st t tr v z".split()
_VOWELS = "a a ai an au e e é è ei en i i ie in o o ô ou on u u ü ø".split()
_ENDS = "- - - l n r s t x lle nne sse th".replace("-", " ").split(" ")
_ADJECTIVES = (
    "Last Dark Silent Golden Broken Lost Wild Secret Long Perfect American Dead Invisible Red Blue Hidden Burning "
    "Young Strange Endless Cold Sweet Brave Final Little Great Crimson Distant Electric Sleeping"
).split()
_NOUNS = (
    "Night Day House River King Queen Man Woman Child City Street Road War Love Game Dream Song Storm Island Ship Star "
    "Moon Sun Garden Letter Train Bridge Winter Summer Kingdom Shadow Fire Heart Stranger Wedding Murder Detective "
    "Return Legend Secret Circus Mountain Desert Ocean Mirror Promise Empire Angel "
    "Devil Hunter Soldier Doctor Thief Ghost"
).split()
_FRENCH = (
    "la nuit|l'été|la forêt|le château|la mère|le garçon|l'île|la fenêtre|le cœur|la guerre|l'étrangère|le dîner|"
    "la rivière|le père Noël|la fête|l'hôtel|le siècle|la lumière|l'amitié|le voleur"
).split("|")
_OTHERS = (
    "El niño|La señora|Der König|Das Mädchen|Die Brücke|La città|Il mio cuore|Så enkelt|Ænigma|Çınar|Żona|Noční vlak"
).split("|")
_NUMERALS = ("2", "3", "II", "III", "IV")


class Namer:
    """Makes titles with `pick`, of which each takes some draws."""

    def __init__(self, pick: Random) -> None:
        self._pick = pick

    def title(self) -> str:
        """A title of one to eight words."""
        roll = self._pick.random()
        if roll < 0.30:
            return f"The {self._of(_ADJECTIVES)} {self._of(_NOUNS)}{self._sequel()}"
        if roll < 0.45:
            return f"{self._of(_NOUNS)} of {self._name()}{self._sequel()}"
        if roll < 0.60:
            return f"{self._name()}{self._sequel()}"
        if roll < 0.72:
            return f"{self._name()} and the {self._of(_ADJECTIVES)} {self._of(_NOUNS)}"
        if roll < 0.82:
            return f"{self._name()} {self._name()}: {self._of(_NOUNS)}"
        if roll < 0.90:
            return f"{self._capital(self._of(_FRENCH))} de {self._name()}"
        if roll < 0.95:
            return f"{self._of(_OTHERS)} {self._name()}"
        return f"{1 + int(self._pick.random() * 99)} {self._of(_NOUNS)}s in {self._name()}"

    def _name(self) -> str:
        syllables = 2 + int(self._pick.random() * 2)
        made = "".join(self._of(_ONSETS) + self._of(_VOWELS) for _ in range(syllables)) + self._of(_ENDS)
        return self._capital(made)

    def _sequel(self) -> str:
        return f" {self._of(_NUMERALS)}" if self._pick.random() < 0.05 else ""

    def _of(self, words: list[str] | tuple[str, ...]) -> str:
        return words[int(self._pick.random() * len(words))]

    @staticmethod
    def _capital(text: str) -> str:
        return text[0].upper() + text[1:]
