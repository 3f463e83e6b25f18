"""Numbers in sentences."""


def amount_of(value: float, unit: str) -> str:
    """Return a number with its unit.

    >>> amount_of(61.25, "s")
    '61.2 s'
    """
    return f"{number(value)} {unit}".rstrip()


def number(value: float) -> str:
    """Return a number with one decimal, or with two significant digits below 1.

    >>> number(61.25), number(0.0123)
    ('61.2', '0.012')
    """
    return f"{value:.1f}" if abs(value) >= 1 or value == 0 else f"{value:.2g}"


def p_in_words(p: float) -> str:
    """Return a p value with its sign.

    >>> p_in_words(0.0312), p_in_words(0.00001)
    ('p = 0.031', 'p < 0.001')
    """
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"  # noqa: PLR2004 - the usual limit


def percent_of(probability: float) -> str:
    """Return a probability in whole percent, never as certain.

    >>> percent_of(0.934), percent_of(0.9999)
    ('93%', 'above 99%')
    """
    if probability > 0.99:  # noqa: PLR2004 - whole percent
        return "above 99%"
    return "below 1%" if probability < 0.01 else f"{probability:.0%}"  # noqa: PLR2004 - the same
