"""Which of Japanese, Korean and Chinese a text is in: they share characters whose shapes differ."""

from __future__ import annotations

import re

_KANA = re.compile("[\u3041-\u309f\u30a1-\u30fa\u30fd-\u30ff\u31f0-\u31ff\uff66-\uff9d]")
_HANGUL = re.compile("[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]")


def language(text: str) -> str:
    """The language of a text, as far as its characters tell.

    Kana tell Japanese and hangul Korean, unless they are few among many Han characters. Of these, such as Japanese
    does not use (they are not in JIS X 0208) tell Chinese; the others alone tell nothing.

    Args:
        text: Any text.

    Returns:
        "ja", "ko", "zh", or "": another language, or too little to tell.
    """
    if text.isascii():
        return ""
    kana, hangul, han = (len(found.findall(text)) for found in (_KANA, _HANGUL, _HAN))
    if hangul > kana and 2 * hangul >= han:
        return "ko"
    if 10 * kana > han:
        return "ja"
    if any(not _japanese(character) for character in set(_HAN.findall(text))):
        return "zh"
    return "ja" if kana else ""


def _japanese(character: str) -> bool:
    try:
        character.encode("shift_jis")
    except UnicodeEncodeError:
        return False
    return True
