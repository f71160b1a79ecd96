"""Every colour of the interface under the name of its use, once for light and once for dark."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum


class Tone(StrEnum):
    """What a coloured thing wants to say. The colour never says it alone: an icon and a word do too."""

    NEUTRAL = "neutral"
    ACCENT = "accent"
    VIOLET = "violet"
    OK = "ok"
    WARN = "warn"
    ERROR = "error"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class ToneColors:
    """Foreground, tinted fill and outline of one tone, as ``#RRGGBB``."""

    text: str
    bg: str
    line: str


@dataclass(frozen=True, slots=True)
class Tokens:
    """One complete colour scheme, as ``#RRGGBB``; ``outline_width`` is in px."""

    dark: bool
    window: str
    surface: str
    raised: str
    rail: str
    sunken: str
    hover: str
    border: str
    hair: str
    outline: str
    track: str
    skip: str
    text: str
    muted: str
    accent: str
    on_accent: str
    on_error: str
    accent_bg: str
    accent_line: str
    violet: str
    violet_bg: str
    violet_line: str
    ok: str
    ok_bg: str
    ok_line: str
    warn: str
    warn_bg: str
    warn_line: str
    error: str
    error_bg: str
    error_line: str
    info: str
    info_bg: str
    info_line: str
    outline_width: int = 1

    def tone(self, tone: Tone) -> ToneColors:
        """The three colours of a tone; neutral is muted text on the sunken fill."""
        if tone is Tone.NEUTRAL:
            return ToneColors(self.muted, self.sunken, self.border)
        name = tone.value
        return ToneColors(getattr(self, name), getattr(self, f"{name}_bg"), getattr(self, f"{name}_line"))


LIGHT = Tokens(
    dark=False,
    window="#F5F6F8",
    surface="#FFFFFF",
    raised="#FFFFFF",
    rail="#ECEFF3",
    sunken="#F3F5F8",
    hover="#EEF1F5",
    border="#D5D9E0",
    hair="#E6E9EE",
    outline="#7D8696",
    track="#DFE3EA",
    skip="#A9B3C1",
    text="#1B1F27",
    muted="#566072",
    accent="#2459D6",
    on_accent="#FFFFFF",
    on_error="#FFFFFF",
    accent_bg="#E9F0FE",
    accent_line="#B9CCF6",
    violet="#6D3FC0",
    violet_bg="#F1EBFC",
    violet_line="#D6C6F3",
    ok="#17744A",
    ok_bg="#E6F4EC",
    ok_line="#B5DCC6",
    warn="#8A5A00",
    warn_bg="#FFF4DB",
    warn_line="#EBD296",
    error="#C0292F",
    error_bg="#FDECEC",
    error_line="#F2BFC0",
    info="#1F66B8",
    info_bg="#E8F1FC",
    info_line="#BAD4F2",
)

# The tints of ok, warn and error are darker than their light counterparts suggest: at the size of a
# banner a brighter fill glows and pulls the eye away from the text.
DARK = Tokens(
    dark=True,
    window="#16181D",
    surface="#1E2127",
    raised="#262A32",
    rail="#111318",
    sunken="#191C21",
    hover="#282C35",
    border="#353B46",
    hair="#2A2F38",
    outline="#7E8798",
    track="#343A45",
    skip="#5A6474",
    text="#E8EAF0",
    muted="#A3ACBB",
    accent="#7AA5FF",
    on_accent="#0B1526",
    on_error="#2A0D0E",
    accent_bg="#1C2A47",
    accent_line="#35508A",
    violet="#BFA2FF",
    violet_bg="#2A2143",
    violet_line="#483A72",
    ok="#5CCB8F",
    ok_bg="#162C20",
    ok_line="#27553A",
    warn="#E5B454",
    warn_bg="#30260F",
    warn_line="#5C4A17",
    error="#FF8A85",
    error_bg="#2F1B1E",
    error_line="#6B3334",
    info="#79B8F5",
    info_bg="#142A40",
    info_line="#28496B",
)


def high_contrast(tokens: Tokens) -> Tokens:
    """The scheme for people whose system asks for more contrast: pure text and fills, strong outlines."""
    ink, paper = ("#FFFFFF", "#000000") if tokens.dark else ("#000000", "#FFFFFF")
    strong = replace(
        tokens,
        window=paper,
        surface=paper,
        raised=paper,
        rail=paper,
        sunken=paper,
        text=ink,
        muted=ink,
        outline=ink,
        border=ink,
        hair=ink,
        outline_width=2,
    )
    if tokens.dark:
        return _with_tones(strong, "#B4CCFF", "#D9C8FF", "#8BE3B2", "#F2CC7E", "#FFB8B4", "#ABD4FB")
    return _with_tones(strong, "#14378A", "#4B2A8F", "#0B4A2E", "#5A3A00", "#86161B", "#0F4379")


def _with_tones(
    tokens: Tokens, accent: str, violet: str, ok: str, warn: str, error: str, info: str
) -> Tokens:
    """Tones with a contrast of at least 7 on paper and on every tint; tints get an outline that is seen."""
    return replace(
        tokens,
        accent=accent,
        accent_line=accent,
        violet=violet,
        violet_line=violet,
        ok=ok,
        ok_line=ok,
        warn=warn,
        warn_line=warn,
        error=error,
        error_line=error,
        info=info,
        info_line=info,
    )
