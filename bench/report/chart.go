package report

import (
	_ "embed"
	"fmt"
	"io"
	"text/template"

	"github.com/rowhouse/rowhouse/bench/harness"
)

//go:embed chart.svg.tmpl
var chartText string

var chartTemplate = template.Must(template.New("chart").Parse(chartText))

// Measures of the chart, in its own units.
const (
	margin      = 16
	header      = 76 // title, and the space to the first panels
	panelWidth  = 420
	columns     = 2
	gap         = 28 // between panels
	nameEnd     = 72
	barStart    = 80
	barLength   = 275 // for the ratio longest
	valueEnd    = 404
	barHeight   = 11
	rowHeight   = 17
	rowsStart   = 10 // below the name of the workload
	longest     = 3.5
	highlighted = "rowhouse"
)

type chart struct {
	Title, Subtitle                        string
	Width, Height, Margin                  int
	NameEnd, BarStart, BarHeight, ValueEnd int
	One                                    float64
	Panels                                 []panel
}

type panel struct {
	Workload         string
	X, Y             int
	LineTop, LineEnd int
	Rows             []row
}

type row struct {
	Name, Value       string
	Highlight         bool
	Clipped           bool // longer than the chart is wide
	Y, TextY          int
	Middle            float64
	Length, Low, High float64
}

// Chart draws results as bars, a panel for each workload, as SVG.
func Chart(out io.Writer, results []harness.Result) error {
	c := chart{
		Title:     "CPU time of one call, in terms of hand-written database/sql",
		Subtitle:  "The dashed line is " + harness.Base + " = 1. Shorter is faster; thin lines are the spread over the rounds.",
		Width:     2*margin + columns*panelWidth,
		Margin:    margin,
		NameEnd:   nameEnd,
		BarStart:  barStart,
		BarHeight: barHeight,
		ValueEnd:  valueEnd,
		One:       barStart + length(1),
	}
	top, tallest := header, 0
	for i, group := range byWorkload(results) {
		if i > 0 && i%columns == 0 {
			top += tallest + gap
			tallest = 0
		}
		p := newPanel(group)
		p.X, p.Y = margin+i%columns*panelWidth, top
		tallest = max(tallest, p.LineEnd)
		c.Panels = append(c.Panels, p)
	}
	c.Height = top + tallest + margin
	return chartTemplate.Execute(out, c)
}

// byWorkload splits results where the workload changes.
func byWorkload(results []harness.Result) [][]harness.Result {
	var groups [][]harness.Result
	for i, r := range results {
		if i == 0 || r.Workload != results[i-1].Workload {
			groups = append(groups, nil)
		}
		last := &groups[len(groups)-1]
		*last = append(*last, r)
	}
	return groups
}

func newPanel(results []harness.Result) panel {
	p := panel{
		Workload: results[0].Workload,
		LineTop:  rowsStart - 2,
		LineEnd:  rowsStart + len(results)*rowHeight,
	}
	for i, r := range results {
		y := rowsStart + i*rowHeight
		bar := min(length(r.Ratio), barLength)
		row := row{
			Name:      r.Contestant,
			Value:     fmt.Sprintf("%.2f", r.Ratio),
			Highlight: r.Contestant == highlighted,
			Clipped:   r.Ratio > longest,
			Y:         y,
			TextY:     y + barHeight - 1,
			Middle:    float64(y) + barHeight/2.0,
			Length:    bar,
			Low:       barStart + length(r.Low),
			High:      barStart + min(length(r.High), barLength),
		}
		if row.Clipped {
			row.Value = "→ " + row.Value
		}
		p.Rows = append(p.Rows, row)
	}
	return p
}

// length is how long the bar of a ratio is.
func length(ratio float64) float64 { return ratio / longest * barLength }
