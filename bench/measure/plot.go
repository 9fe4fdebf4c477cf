package measure

import (
	"fmt"
	"html"
	"math"
	"strings"
)

// Bar is one bar of a picture.
type Bar struct {
	Label string
	Value Spread
	// Note stands behind the value.
	Note string
	// Ours is drawn in another colour.
	Ours bool
}

const (
	labelWidth, plotWidth, barHeight = 300, 420, 26

	style = `<style>text{font:13px sans-serif;fill:#333}.t{font-weight:bold;font-size:15px}.a{stroke:#999;stroke-width:1}.g{stroke:#e4e4e4;stroke-width:1}` +
		`@media (prefers-color-scheme:dark){rect.b{fill:#1b1b1d}text{fill:#ddd}.g{stroke:#3a3a3a}}</style>`
)

var colours = []string{"#2f6fde", "#d9722e", "#2e9c5a", "#8a4fd0", "#b3323f"}

// Bars draws horizontal bars with whiskers from the least to the greatest.
func Bars(title string, bars []Bar) string {
	most := 0.0
	for _, b := range bars {
		most = max(most, b.Value.Most, b.Value.Median)
	}
	width, height := labelWidth+plotWidth+180, 46+barHeight*len(bars)
	s := open(width, height, title)
	for i, b := range bars {
		y := 34 + barHeight*i
		length := func(v float64) float64 { return v / most * plotWidth }
		colour := "#9aa4b2"
		if b.Ours {
			colour = colours[0]
		}
		fmt.Fprintf(s, `<text x="%d" y="%d" text-anchor="end">%s</text>`, labelWidth-8, y+16, html.EscapeString(b.Label))
		fmt.Fprintf(s, `<rect x="%d" y="%d" width="%.1f" height="%d" fill="%s"/>`, labelWidth, y+3, length(b.Value.Median), barHeight-8, colour)
		if b.Value.Most > b.Value.Least {
			fmt.Fprintf(s, `<line class="a" style="stroke:#444" x1="%.1f" x2="%.1f" y1="%d" y2="%d"/>`,
				labelWidth+length(b.Value.Least), labelWidth+length(b.Value.Most), y+barHeight/2-1, y+barHeight/2-1)
		}
		fmt.Fprintf(s, `<text x="%.1f" y="%d">%s</text>`, labelWidth+8+length(max(b.Value.Most, b.Value.Median)), y+16,
			html.EscapeString(strings.TrimSpace(number(b.Value.Median)+" "+b.Note)))
	}
	s.WriteString("</svg>\n")
	return s.String()
}

func open(width, height int, title string) *strings.Builder {
	s := &strings.Builder{}
	fmt.Fprintf(s, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-label="%s">%s`,
		width, height, width, height, html.EscapeString(title), style)
	fmt.Fprintf(s, `<rect class="b" width="%d" height="%d" fill="#fff"/><text class="t" x="12" y="20">%s</text>`, width, height, html.EscapeString(title))
	return s
}

// Line is one line of a plot.
type Line struct {
	Label  string
	Points [][2]float64
}

const lineWidth, lineHeight, left, top = 520, 300, 80, 40

// Lines plots on two logarithmic scales, where what is proportional is a line at
// 45 degrees of the grid and what grows faster is steeper.
func Lines(title, x, y string, lines []Line) string {
	xs, ys := decades(lines, 0), decades(lines, 1)
	at := func(p [2]float64) (float64, float64) {
		return left + lineWidth*xs.of(p[0]), top + lineHeight*(1-ys.of(p[1]))
	}
	s := open(left+lineWidth+190, top+lineHeight+56, title)
	for e := xs.from; e <= xs.to; e++ {
		px, _ := at([2]float64{math.Pow10(e), 1})
		fmt.Fprintf(s, `<line class="g" x1="%.1f" x2="%.1f" y1="%d" y2="%d"/><text x="%.1f" y="%d" text-anchor="middle">%s</text>`,
			px, px, top, top+lineHeight, px, top+lineHeight+18, number(math.Pow10(e)))
	}
	for e := ys.from; e <= ys.to; e++ {
		_, py := at([2]float64{1, math.Pow10(e)})
		fmt.Fprintf(s, `<line class="g" x1="%d" x2="%d" y1="%.1f" y2="%.1f"/><text x="%d" y="%.1f" text-anchor="end">%s</text>`,
			left, left+lineWidth, py, py, left-6, py+4, number(math.Pow10(e)))
	}
	fmt.Fprintf(s, `<text x="%d" y="%d" text-anchor="middle">%s</text>`, left+lineWidth/2, top+lineHeight+42, html.EscapeString(x))
	fmt.Fprintf(s, `<text transform="translate(16 %d) rotate(-90)" text-anchor="middle">%s</text>`, top+lineHeight/2, html.EscapeString(y))
	for i, l := range lines {
		colour := colours[i%len(colours)]
		var points strings.Builder
		for _, p := range l.Points {
			px, py := at(p)
			fmt.Fprintf(&points, "%.1f,%.1f ", px, py)
			fmt.Fprintf(s, `<circle cx="%.1f" cy="%.1f" r="3" fill="%s"/>`, px, py, colour)
		}
		fmt.Fprintf(s, `<polyline fill="none" stroke="%s" stroke-width="2" points="%s"/>`, colour, strings.TrimSpace(points.String()))
		fmt.Fprintf(s, `<rect x="%d" y="%d" width="12" height="12" fill="%s"/><text x="%d" y="%d">%s</text>`,
			left+lineWidth+14, top+22*i, colour, left+lineWidth+32, top+22*i+11, html.EscapeString(l.Label))
	}
	s.WriteString("</svg>\n")
	return s.String()
}

// scale is a range of powers of ten.
type scale struct{ from, to int }

func decades(lines []Line, coordinate int) scale {
	least, most := math.Inf(1), math.Inf(-1)
	for _, l := range lines {
		for _, p := range l.Points {
			least, most = min(least, p[coordinate]), max(most, p[coordinate])
		}
	}
	if least <= 0 || math.IsInf(least, 0) {
		panic("measure: only numbers above 0 have a logarithm")
	}
	s := scale{int(math.Floor(math.Log10(least))), int(math.Ceil(math.Log10(most)))}
	if s.to == s.from {
		s.to++
	}
	return s
}

func (s scale) of(v float64) float64 {
	return (math.Log10(v) - float64(s.from)) / float64(s.to-s.from)
}

// number writes three digits.
func number(v float64) string {
	switch {
	case v >= 1e6:
		return fmt.Sprintf("%.3gM", v/1e6)
	case v >= 1e4:
		return fmt.Sprintf("%.3gk", v/1e3)
	}
	return fmt.Sprintf("%.3g", v)
}
