package sqlc

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rowhouse/rowhouse/internal/model"
)

// compile makes queries of the user's statements and what sqlc found out
// about them. The text is the user's own, with sqlc's columns in place of
// stars and ?N for every parameter: sqlc's text serves to check that sqlc
// analysed what was written.
func compile(statements []*statement, wire []wireQuery) ([]*model.Query, model.Problems) {
	analysed := map[string]wireQuery{}
	for _, w := range wire {
		analysed[w.Name] = w
	}
	var queries []*model.Query
	var problems model.Problems
	for _, s := range statements {
		w, ok := analysed[s.name]
		if !ok {
			problems.Add(s.pos(s.header), "write it in simpler SQL, or with the generated builders",
				"sqlc leaves out query %s without saying why", s.name)
			continue
		}
		query, found := compileQuery(s, w)
		problems = append(problems, found...)
		queries = append(queries, query)
	}
	return queries, problems
}

func compileQuery(s *statement, w wireQuery) (*model.Query, model.Problems) {
	var problems model.Problems
	aligned, ok := align(s.items, w.Text)
	if !ok {
		item := s.items[min(aligned.reached, len(s.items)-1)]
		problems.Add(s.pos(item.pos), "keep comments and strings in ASCII and on lines of their own, or use rowhouse generate instead of sqlc generate",
			"sqlc garbles query %s near %q", s.name, item.text)
		return nil, problems
	}
	if len(w.Columns) == 0 && (s.cmd == ":one" || s.cmd == ":many" || s.cmd == ":iter") {
		problems.Add(s.pos(s.header), "list the columns by name", "sqlc finds no result columns in query %s", s.name)
		return nil, problems
	}
	numbers, ok := number(s)
	if !ok {
		problems.Add(s.pos(s.header), "name every parameter, as in @name",
			"the parameters of query %s are not numbered from 1 on", s.name)
		return nil, problems
	}
	text, places := render(s, w, aligned, numbers)
	return &model.Query{
		Name:       s.name,
		Cmd:        s.cmd,
		Text:       text,
		Places:     places,
		Comments:   s.comments,
		Pos:        s.pos(s.header),
		Params:     params(s, numbers),
		Columns:    results(w),
		InsertInto: w.InsertIntoTable.name(),
	}, nil
}

// number returns the N of ?N by item, 0 for items that are no parameters.
// sqlc's own numbers do not serve: it leaves parameters out, and gives the one
// behind a slice a number that the slice's second value has. It reports
// whether the numbers are without a gap.
func number(s *statement) ([]int, bool) {
	numbers := make([]int, len(s.items))
	used := map[int]bool{}
	named := map[string]int{}
	for i, it := range s.items {
		if it.kind != scalar && it.kind != slice {
			continue
		}
		explicit, err := strconv.Atoi(strings.TrimPrefix(it.text, "?"))
		switch {
		case err == nil:
			numbers[i] = explicit
		case named[it.name] != 0:
			numbers[i] = named[it.name]
		default:
			numbers[i] = len(used) + 1
		}
		if it.name != "" {
			named[it.name] = numbers[i]
		}
		used[numbers[i]] = true
	}
	for n := range len(used) {
		if !used[n+1] {
			return nil, false
		}
	}
	return numbers, true
}

// render writes the statement's text. A slice becomes a subquery over one
// JSON parameter, so that its length cannot shift the numbers behind it. The
// places say where each of its words comes from.
func render(s *statement, w wireQuery, aligned alignment, numbers []int) (string, []model.Place) {
	var text strings.Builder
	var places []model.Place
	source, end := s.file.Text, s.items[0].pos
	for i, it := range s.items {
		text.WriteString(gap(source[end:it.pos]))
		places = append(places, model.Place{Offset: text.Len(), Pos: s.pos(it.pos)})
		switch it.kind {
		case slice:
			fmt.Fprintf(&text, "SELECT value FROM json_each(?%d)", numbers[i])
		case scalar:
			fmt.Fprintf(&text, "?%d", numbers[i])
		case star, embed:
			text.WriteString(w.Text[aligned.images[i].from:aligned.images[i].to])
		default:
			text.WriteString(it.text)
		}
		end = it.end
	}
	return text.String(), places
}

// gap returns what remains of the space and comments between two words: the
// line's end and the next line's indentation, or one blank.
func gap(text string) string {
	if text == "" {
		return ""
	}
	i := strings.LastIndexByte(text, '\n')
	if i < 0 {
		return " "
	}
	indent := text[i+1:]
	return "\n" + indent[:len(indent)-len(strings.TrimLeft(indent, " \t"))]
}

// params returns the parameters in the order of their numbers.
func params(s *statement, numbers []int) []model.QueryParam {
	params := make([]model.QueryParam, slices.Max(append(numbers, 0)))
	for i, it := range s.items {
		if numbers[i] == 0 {
			continue
		}
		p := &params[numbers[i]-1]
		p.Number = numbers[i]
		p.Slice = it.kind == slice
		p.Optional = p.Optional || strings.HasPrefix(it.text, "sqlc.narg(")
		if p.Name == "" {
			p.Name = it.name
		}
	}
	return params
}

// results names the result columns; what they hold is not sqlc's to say.
func results(w wireQuery) []model.QueryColumn {
	var columns []model.QueryColumn
	for _, c := range w.Columns {
		columns = append(columns, model.QueryColumn{Name: c.Name, Embed: c.EmbedTable.name()})
	}
	return columns
}
