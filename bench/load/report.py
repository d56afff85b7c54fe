"""Pure: a run's figures as one table, as JSON and as an SVG of the ratios."""
import html

import figures

WIDTHS = (13, 30, 8, 8, 7, 9, 8)
COLORS = {"haproxy": "#8b949e", "nginx": "#2da44e", "h2o": "#bf8700", "switchyard": "#1f6feb"}


def number(value, digits=1):
    if value is None:
        return "–"
    return f"{value:.{digits}f}" if abs(value) < 1000 else f"{value:,.0f}".replace(",", " ")


def digits_of(figure):
    return 3 if figure.unit == "ms" and figure.goal_of == "ratio" else 2 if figure.unit.startswith("×") else 1


def goal(figure, line):
    """Like "≤ 0.85 pass", in words."""
    if line.peer != "switchyard" or figure.goal is None:
        return ""
    met = figures.verdict(figure, line)
    word = {True: "pass", False: "MISS", None: "not measured"}[met]
    unit = "" if figure.goal_of == "ratio" or figure.unit.startswith("×") else " " + figure.unit
    return f"≤ {figure.goal:.2f}{unit} {word}"


def cells(figure, line):
    digits = digits_of(figure)
    span = f"{number(line.median, digits)} ({number(line.least, digits)} – {number(line.most, digits)})"
    return [line.peer, span, number(line.user), number(line.system), number(line.calls),
            number(line.per_gib, 3), number(line.ratio, 2)]


def laid_out(words, last=""):
    first, *others = [f"{word:<{width}}" if n == 0 else f"{word:>{width}}"
                      for n, (word, width) in enumerate(zip(words, WIDTHS))]
    return "  " + first + "".join(others) + ("  " + last if last else "")


def table(found, peers):
    """All figures; the peers of `peers` that could not do a row have dashes."""
    out = [laid_out(["", "median (min – max)", "user", "system", "calls", "s/GiB", "ratio"], "goal").rstrip()]
    for figure in found:
        notes = f" ({'; '.join(figure.notes)})" if figure.notes else ""
        out.append(f"{figure.name}: {figure.what}, {figure.unit}{notes}")
        shown = {line.peer: line for line in figures.lines(figure)}
        for peer in peers:
            if peer in shown:
                out.append(laid_out(cells(figure, shown[peer]), goal(figure, shown[peer])))
            elif peer in figure.failures:
                out.append(f"  {peer:<{WIDTHS[0]}}failed: {' '.join(figure.failures[peer].split())[:100]}")
            else:
                out.append(laid_out([peer] + ["–"] * 6))
    return "\n".join(out)


def record(figure):
    """One figure for the JSON, rounds and all."""
    rows = {}
    for line in figures.lines(figure):
        rows[line.peer] = {key: value for key, value in vars(line).items() if key != "peer" and value is not None}
        rows[line.peer]["rounds"] = [
            {key: round(value, 4) for key, value in vars(sample).items() if value} for sample in
            figure.samples[line.peer]]
        met = figures.verdict(figure, line)
        if met is not None:
            rows[line.peer]["goal_met"] = met
    return {"name": figure.name, "what": figure.what, "unit": figure.unit, "goal": figure.goal,
            "goal_of": figure.goal_of, "notes": figure.notes, "peers": rows, "failures": figure.failures}


def bar(line, figure, y):
    """One peer: its ratio as a bar, cut off at three times HAProxy."""
    width = 180 * min(line.ratio, 3)
    color = COLORS.get(line.peer, "#6e7781")
    return (f'<text x="230" y="{y + 11}" text-anchor="end">{html.escape(line.peer)}</text>'
            f'<rect x="240" y="{y}" width="{width:.1f}" height="13" fill="{color}"/>'
            f'<text x="{246 + width:.1f}" y="{y + 11}">{line.ratio:.2f}  '
            f'({number(line.median, digits_of(figure))} {html.escape(figure.unit)})</text>')


def chart(found):
    """Bars of the ratio to HAProxy by row; a thin line is HAProxy, a thick mark the goal."""
    parts, y = [], 16
    for figure in found:
        shown = [line for line in figures.lines(figure) if line.ratio is not None]
        if not shown:
            continue
        parts.append(f'<text x="10" y="{y + 11}" font-weight="bold">{html.escape(figure.name)}</text>')
        top = y
        for line in shown:
            parts.append(bar(line, figure, y))
            y += 17
        if figure.goal is not None and figure.goal_of == "ratio":
            at = 240 + 180 * figure.goal
            parts.append(f'<rect x="{at - 1:.1f}" y="{top - 2}" width="3" height="{y - top}" fill="#cf222e"/>')
        y += 12
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="1000" height="{y + 10}" font-family="sans-serif" '
            f'font-size="12"><rect width="100%" height="100%" fill="#ffffff"/>'
            f'<path d="M420 8V{y}" stroke="#57606a" stroke-width="1"/>{"".join(parts)}</svg>\n')
