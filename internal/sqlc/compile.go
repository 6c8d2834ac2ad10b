package sqlc

import (
	"fmt"
	"maps"
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
	numbers, problems := number(s, w, aligned)
	if len(w.Columns) == 0 && (w.Cmd == ":one" || w.Cmd == ":many") {
		problems.Add(s.pos(s.header), "list the columns by name", "sqlc finds no result columns in query %s", s.name)
	}
	if len(problems) > 0 {
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
		Params:     params(s, w, numbers),
		Columns:    results(s, w, aligned),
		InsertInto: w.InsertIntoTable.name(),
	}, nil
}

// number returns the N of ?N by item, 0 for items that are no parameters. It
// reports parameters that sqlc lost, which its text would bind at random.
func number(s *statement, w wireQuery, aligned alignment) ([]int, model.Problems) {
	var problems model.Problems
	numbers := make([]int, len(s.items))
	known := map[int]bool{}
	for _, p := range w.Params {
		known[p.Number] = true
	}
	used := map[int]bool{}
	bare := 0
	for i, it := range s.items {
		image := w.Text[aligned.images[i].from:aligned.images[i].to]
		switch {
		case it.kind == slice:
			numbers[i] = w.sliceNumber(it.name)
		case it.kind != scalar:
			continue
		case it.text == "?":
			bare++
			numbers[i] = bare
		default:
			numbers[i], _ = strconv.Atoi(strings.TrimPrefix(image, "?"))
		}
		if !known[numbers[i]] {
			problems.Add(s.pos(it.pos), "move what needs it into WHERE, VALUES, SET or LIMIT of a plain statement or subquery, or use the generated builders",
				"sqlc loses parameter %s of query %s in this place", it.text, s.name)
		}
		used[numbers[i]] = true
	}
	if len(problems) == 0 && (len(used) != len(known) || len(used) > 0 && slices.Max(slices.Collect(maps.Keys(used))) != len(used)) {
		problems.Add(s.pos(s.header), "name every parameter, as in @name",
			"the parameters of query %s are not numbered from 1 to %d", s.name, len(used))
	}
	return numbers, problems
}

func (w wireQuery) sliceNumber(name string) int {
	for _, p := range w.Params {
		if p.Column.IsSqlcSlice && p.Column.Name == name {
			return p.Number
		}
	}
	return 0
}

// render writes the statement's text. A slice becomes a subquery over one
// JSON parameter, so that its length cannot shift the numbers behind it. The
// places say where each of its words comes from.
func render(s *statement, w wireQuery, aligned alignment, numbers []int) (string, []model.Place) {
	var text strings.Builder
	var places []model.Place
	source, end := s.file.text, s.items[0].pos
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

func params(s *statement, w wireQuery, numbers []int) []model.QueryParam {
	names := map[int]string{}
	for i, it := range s.items {
		if numbers[i] != 0 && it.name != "" {
			names[numbers[i]] = it.name
		}
	}
	var params []model.QueryParam
	for _, p := range w.Params {
		name := names[p.Number]
		if name == "" {
			name = p.Column.Name
		}
		params = append(params, model.QueryParam{
			Number:      p.Number,
			Name:        name,
			Type:        p.Column.dataType(),
			Slice:       p.Column.IsSqlcSlice,
			QueryOrigin: p.Column.origin(),
		})
	}
	slices.SortStableFunc(params, func(a, b model.QueryParam) int { return a.Number - b.Number })
	return params
}

func (c wireColumn) dataType() string { return strings.ToLower(c.Type.name()) }

// origin is empty but for NotNull where sqlc names a table without a column,
// or a column without a table.
func (c wireColumn) origin() model.QueryOrigin {
	origin := model.QueryOrigin{Table: c.Table.name(), Column: c.OriginalName, NotNull: c.NotNull}
	if origin.Table == "" || origin.Column == "" {
		origin.Table, origin.Column = "", ""
	}
	return origin
}
