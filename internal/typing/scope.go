package typing

import (
	"slices"
	"strings"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/rowhouse/rowhouse/internal/model"
)

// source is an item of FROM.
type source struct {
	name     string
	columns  []column
	table    *model.Table // nil for a subquery, a view or a function
	optional bool         // an outer join may leave its row out
	hidden   []string     // columns that USING and NATURAL show once, in an earlier source
}

// scope is what names mean in a part of a statement.
type scope struct {
	outer   *scope // of the statement around this one; nil for none
	ctes    map[string][]column
	sources []*source
	results []column // by whose names ORDER BY and the like may go

	grouped bool // has GROUP BY
	// maybeEmpty is set where a single row stands for all rows, also for none:
	// an aggregate's, without GROUP BY.
	maybeEmpty bool
}

func (s *scope) inner() *scope { return &scope{outer: s, ctes: map[string][]column{}} }

// cte returns the columns of a common table expression.
func (s *scope) cte(name string) ([]column, bool) {
	for ; s != nil; s = s.outer {
		if columns, ok := s.ctes[strings.ToLower(name)]; ok {
			return columns, true
		}
	}
	return nil, false
}

// column finds a column by the name of its table, "" for any, and its own.
func (s *scope) column(table, name string) (value, bool) {
	for ; s != nil; s = s.outer {
		for _, from := range s.sources {
			if table != "" && !strings.EqualFold(table, from.name) {
				continue
			}
			if v, ok := from.column(name); ok {
				return v.nullIf(s.maybeEmpty), true
			}
		}
		if table != "" {
			continue
		}
		for _, c := range s.results {
			if strings.EqualFold(c.name, name) {
				return c.value, true
			}
		}
	}
	return value{}, false
}

func (s *source) column(name string) (value, bool) {
	for _, c := range s.columns {
		if strings.EqualFold(c.name, name) {
			return c.value.nullIf(s.optional), true
		}
	}
	if s.table != nil && !s.table.WithoutRowid && isRowid(name) {
		return rowid(s.table).nullIf(s.optional), true
	}
	return value{}, false
}

// star returns the columns of a table, "" for all, as * lists them.
func (s *scope) star(table string) []column {
	var columns []column
	for _, from := range s.sources {
		if table != "" && !strings.EqualFold(table, from.name) {
			continue
		}
		for _, c := range from.columns {
			if table == "" && model.HasName(from.hidden, c.name) {
				continue
			}
			c.alias = false
			c.value = c.value.nullIf(from.optional || s.maybeEmpty)
			columns = append(columns, c)
		}
	}
	return columns
}

// from adds the items of a FROM clause to the scope, and reads what joins them.
func (r *reader) from(items []*ast.TableRef, s *scope) {
	first := len(s.sources)
	for _, item := range items {
		before := s.sources[first:]
		joined := r.item(item, s)
		if item.Join != nil {
			join(item, before, joined)
		}
		s.sources = append(s.sources, joined...)
		r.value(item.On, s)
	}
}

// join marks what an outer join may leave out, and what it shows once.
func join(item *ast.TableRef, before, joined []*source) {
	for _, left := range before {
		left.optional = left.optional || item.Join.Type&ast.JoinRight != 0
	}
	for _, right := range joined {
		right.optional = right.optional || item.Join.Type&ast.JoinLeft != 0
		for _, name := range item.Using {
			right.hidden = append(right.hidden, name.Name)
		}
		if item.Join.Type&ast.JoinNatural == 0 {
			continue
		}
		for _, left := range before {
			for _, c := range left.columns {
				right.hidden = append(right.hidden, c.name)
			}
		}
	}
}

// item returns what an item of FROM stands for: several sources for a join in
// parentheses.
func (r *reader) item(item *ast.TableRef, s *scope) []*source {
	if item.List != nil {
		nested := &scope{outer: s.outer, ctes: s.ctes, sources: slices.Clone(s.sources)}
		r.from(item.List, nested)
		return nested.sources[len(s.sources):]
	}
	one := &source{}
	switch {
	case item.Select != nil:
		one.columns = r.selection(item.Select, &scope{outer: s.outer, ctes: s.ctes})
	case item.HasArgs:
		one.name = item.Name.Name.Name
		one.columns = r.tableFunction(item, s)
	default:
		one = r.relation(item.Name.Name.Name, s)
	}
	if item.Alias != nil {
		one.name = item.Alias.Name
	}
	return []*source{one}
}

// relation returns a table, a view or a common table expression by its name.
func (r *reader) relation(name string, s *scope) *source {
	if columns, ok := s.cte(name); ok {
		return &source{name: name, columns: columns}
	}
	if t := r.schema.Table(name); t != nil {
		return &source{name: name, columns: tableColumns(t), table: t}
	}
	if v := r.schema.View(name); v != nil {
		return &source{name: name, columns: r.view(v)}
	}
	return &source{name: name}
}
