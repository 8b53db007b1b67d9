"""The language of a text is told from its characters, and not guessed where they tell nothing."""

import pytest

from reportgen.panels.language import language


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("loss", ""),
        ("perte, précision", ""),
        ("خسارة", ""),
        ("🚀", ""),
        ("学習率を下げた。損失は減った。", "ja"),
        ("ロス", "ja"),
        ("学習率が損失函数検証訓練", "ja"),
        ("학습률을 낮췄다", "ko"),
        ("손실(損失)", "ko"),
        ("训练损失和验证准确率", "zh"),
        ("你認為這個模型好嗎", "zh"),
        ("训练损失和验证准确率，参见「ロス」一节，比上一次的结果高出零点五个百分点，共训练了三百个周期", "zh"),
        ("損失", ""),
        ("基準 64", ""),
    ],
)
def test_language(text, expected):
    assert language(text) == expected
