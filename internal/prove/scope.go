package prove

import (
	"fmt"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/sqlite"
)

// scope is one level of names: the sources of a FROM clause, or the common
// table expressions of a WITH clause.
type scope struct {
	parent  *scope
	sources []*source
	aliases []*ast.ResultColumn // result columns that conditions may name
	with    *ast.With
	plain   *scope // the scope without aliases, in which the aliases' own expressions stand
}

// source is one item of a FROM clause, or a row that a write names.
type source struct {
	name          string // folded: the alias, else the table
	label         string // as a message names it
	offset        int
	group         int32
	qualifiedOnly bool // NEW, OLD and excluded answer only to their name

	table *table // a base table, with the row that stands for it
	row   int32

	columns []string // folded
	star    int      // how many of the columns * expands to
	merged  []bool   // columns that USING or NATURAL took into an earlier one
	outputs []output // of anything but a base table

	body   *ast.SelectStmt // of a derived table, CTE or view
	env    *scope          // in which body stands
	key    any             // identifies the body in the cache
	args   []ast.Expr      // of a table-valued function
	closed bool            // its rows are known to depend on the tenant's rows alone
}

// output is one result column of a source: a column of an inner source, an
// expression, or with neither a value that nothing is known about except by
// its key.
type output struct {
	name  string
	src   *source
	col   int
	expr  ast.Expr
	scope *scope
	key   string
	plain bool // of a keyed value: it compares byte by byte
	typed bool // of a keyed value: it is read from columns of one affinity
	of    sqlite.Affinity
}

// meaning is what a name in an expression means.
type meaning struct {
	src   *source
	col   int
	alias ast.Expr
	scope *scope // in which alias stands
	text  string // of a string literal in double quotes, or TRUE and FALSE
}

// column returns the position of a column; the rowid comes after the last.
func (s *source) column(name string) int {
	if s.table != nil {
		if i, ok := s.table.index[name]; ok {
			return i
		}
		return -1
	}
	for i, c := range s.columns {
		if c == name {
			return i
		}
	}
	return -1
}

// width is the number of columns.
func (s *source) width() int {
	if s.table != nil {
		return len(s.table.columns)
	}
	return len(s.columns)
}

// resolve finds what a column reference means, level by level outwards, as
// SQLite does: columns, then the rowid, then result aliases.
func (s *scope) resolve(e ast.Expr) (meaning, error) {
	var qualifier, name string
	var ident *ast.Ident
	switch e := e.(type) {
	case *ast.Ident:
		ident, name = e, model.Fold(e.Name)
	case *ast.QualifiedRef:
		n := len(e.Parts)
		qualifier, name = model.Fold(e.Parts[n-2].Name), model.Fold(e.Parts[n-1].Name)
		if n == 3 && model.Fold(e.Parts[0].Name) != "main" {
			return meaning{}, fmt.Errorf("schema %q is not the main one", e.Parts[0].Name)
		}
	}
	for level := s; level != nil; level = level.parent {
		m, found, err := level.lookup(qualifier, name)
		if err != nil || found {
			return m, err
		}
	}
	if ident != nil && (ident.Quote == ast.QuoteDouble || ident.Quote == ast.QuoteNone && (name == "true" || name == "false")) {
		return meaning{text: "'" + ident.Name + "'"}, nil
	}
	if qualifier != "" {
		name = qualifier + "." + name
	}
	return meaning{}, fmt.Errorf("column %s is not known here", name)
}

// incomplete reports whether a source could not be opened, which a finding
// says already; then a name that is not known says nothing new.
func (s *scope) incomplete() bool {
	for level := s; level != nil; level = level.parent {
		for _, src := range level.sources {
			if src.table == nil && src.outputs == nil {
				return true
			}
		}
	}
	return false
}

// lookup finds a name on one level.
func (s *scope) lookup(qualifier, name string) (m meaning, found bool, err error) {
	candidates := 0
	var last *source
	for _, src := range s.sources {
		if qualifier != "" && src.name != qualifier || qualifier == "" && src.qualifiedOnly {
			continue
		}
		candidates++
		last = src
		i := src.column(name)
		if i < 0 || qualifier == "" && src.merged != nil && src.merged[i] {
			continue
		}
		if found {
			return m, false, fmt.Errorf("column %s is ambiguous; qualify it", name)
		}
		m, found = meaning{src: src, col: i}, true
	}
	if found {
		return m, true, nil
	}
	if candidates == 1 && isRowid(name) && last.table != nil && !last.table.WithoutRowid {
		return meaning{src: last, col: last.table.rowid()}, true, nil
	}
	if qualifier == "" {
		for _, alias := range s.aliases {
			if alias.Alias != nil && model.Fold(alias.Alias.Name) == name {
				return meaning{alias: alias.Expr, scope: s.plain}, true, nil
			}
		}
	}
	return m, false, nil
}

// rowid returns the column that the rowid is: the key it is an alias of, or
// the one after the last.
func (t *table) rowid() int {
	if t.RowidKey() {
		return t.index[model.Fold(t.PrimaryKey[0])]
	}
	return len(t.columns)
}

// cte finds the common table expression of that name, and the scope its body
// stands in.
func (s *scope) cte(name string) (*ast.CTE, *scope) {
	for level := s; level != nil; level = level.parent {
		if level.with == nil {
			continue
		}
		for _, cte := range level.with.CTEs {
			if model.Fold(cte.Name.Name) == name {
				return cte, level
			}
		}
	}
	return nil, nil
}

// under returns the scope in which a statement with that WITH clause stands.
func (s *scope) under(with *ast.With) *scope {
	if with == nil {
		return s
	}
	return &scope{parent: s, with: with}
}

// newScope returns a scope of sources within parent.
func newScope(parent *scope, sources ...*source) *scope {
	s := &scope{parent: parent, sources: sources}
	s.plain = s
	return s
}

// withAliases lets conditions name the result columns.
func (s *scope) withAliases(columns []*ast.ResultColumn) *scope {
	named := *s
	named.aliases = columns
	named.plain = s
	return &named
}
