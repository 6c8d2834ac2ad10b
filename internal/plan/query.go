package plan

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/sqlite"
)

// QueryFile is the queries of one file of queries/.
type QueryFile struct {
	File    string // "product_query.go"
	Source  string // "queries/product.sql"
	Queries []*Query
}

// Query is a method of the Queries of Scope, Actor or System.
type Query struct {
	Scope   model.Scope
	Name    string   // the method
	Const   string   // the unexported name of its text
	Fields  string   // the function that lists the fields of a row, to scan into
	Doc     []string // the query's own comment, a line each
	SQL     string
	Command string // "one", "many", "iter", "exec", "execrows"

	Recorded   bool // it writes, and the audit log has to know who acts
	Needs      []*Permission
	Params     []Param
	ParamsType string // the struct of several parameters; "" for up to one
	Result     Result
}

// Param is a parameter of a query, in the order of its placeholders.
type Param struct {
	Name     string // as argument
	Field    string // as field of the params struct
	JSON     string
	Type     Type
	Nullable bool
	List     bool            // a slice, bound as one JSON value
	Bound    model.ScopeKind // the scope whose tenant or user it is; System where the caller gives it
}

// Pointer reports whether the parameter is a pointer.
func (p *Param) Pointer() bool { return p.Nullable && !p.Type.Slice }

// Result is what a row of a query becomes.
type Result struct {
	Table   *Table   // a row type of the schema; nil for others
	Row     string   // the generated struct; "" for a single column
	Columns []Output // nothing for Table
}

// Output is a result column, or a table's row embedded.
type Output struct {
	Field    string
	JSON     string
	Type     Type
	Nullable bool
	Embed    *Table

	// Of an embedded row that an outer join may leave out (Nullable): the
	// variable that holds it, and the column that is NULL only where it is
	// missing.
	Variable string
	Marker   *Column
}

// Pointer reports whether the value is a pointer.
func (o *Output) Pointer() bool { return o.Nullable && !o.Type.Slice }

// commands are the annotations that have a method.
var commands = map[string]string{":one": "one", ":many": "many", ":iter": "iter", ":exec": "exec", ":execrows": "execrows"}

func (p *planner) planQueries() {
	files := map[string]*QueryFile{}
	methods := newNames(nil)
	for _, source := range p.Input.Queries {
		q := p.planQuery(source, methods)
		if q == nil {
			continue
		}
		file := files[source.Pos.File]
		if file == nil {
			name := strings.TrimSuffix(path.Base(source.Pos.File), ".sql")
			file = &QueryFile{Source: source.Pos.File, File: fileName(exported(name)) + "_query.go"}
			if file.File == "gen_query.go" {
				file.File = "gen_sql_query.go" // beside the types of all queries
			}
			for _, other := range p.plan.Queries {
				if other.File == file.File {
					p.problems.Add(source.Pos, "rename one of them",
						"files %s and %s both become %s", other.Source, file.Source, file.File)
				}
			}
			files[source.Pos.File] = file
			p.plan.Queries = append(p.plan.Queries, file)
		}
		file.Queries = append(file.Queries, q)
	}
}

func (p *planner) planQuery(source *model.Query, methods *names) *Query {
	name := exported(source.Name)
	if problem, ok := methods.claim(name, "query "+source.Name, source.Pos); !ok {
		p.problems = append(p.problems, problem)
		return nil
	}
	q := &Query{
		Name: name, Const: unexported(name) + "SQL", Doc: prose(source.Comments),
		SQL: source.Text, Command: commands[source.Cmd], Scope: source.Scope,
	}
	if q.Command == "" {
		p.problems.Add(source.Pos, "use :one, :many, :iter, :exec or :execrows", "query %s: %s is not supported", source.Name, source.Cmd)
		return nil
	}
	if _, taken := p.names.taken[q.Const]; taken {
		q.Const = unexported(name) + "QuerySQL" // beside the store's own statements
	}
	claims := []string{q.Const}
	if len(q.Doc) == 0 {
		q.Doc = []string{fmt.Sprintf("%s is the query of that name in %s.", name, source.Pos.File)}
	}
	q.Recorded = p.isRecorded(q.SQL)
	p.planNeeds(q, source)
	p.planParams(q, source)
	if q.ParamsType != "" {
		claims = append(claims, q.ParamsType)
	}
	if q.Rows() {
		p.planResult(q, source)
		if q.Result.Row != "" {
			q.Fields = unexported(q.Result.Row) + "Fields"
			claims = append(claims, q.Result.Row, q.Fields)
		}
	}
	for _, claim := range claims {
		if problem, ok := p.names.claim(claim, "query "+source.Name, source.Pos); !ok {
			p.problems = append(p.problems, problem)
		}
	}
	return q
}

// Rows reports whether the query yields rows.
func (q *Query) Rows() bool { return q.Command == "one" || q.Command == "many" || q.Command == "iter" }

// prose are the comments that are not marks for rowhouse.
func prose(comments []string) []string {
	return slices.DeleteFunc(slices.Clone(comments), func(line string) bool {
		return strings.HasPrefix(strings.TrimSpace(line), "rowhouse:")
	})
}

// planParams makes one parameter an argument and several a struct, as sqlc does.
func (p *planner) planParams(q *Query, source *model.Query) {
	fields := map[string]int{}
	slices.SortFunc(source.Params, func(a, b model.QueryParam) int { return a.Number - b.Number })
	for i, param := range source.Params {
		if bound := boundBy(source.Scope, param.Number); bound != model.System {
			q.Params = append(q.Params, Param{Bound: bound})
			continue
		}
		name := param.Name
		if exported(name) == "" {
			name = fmt.Sprintf("param%d", i+1)
		}
		typ, ok := p.queryType(param.QueryType)
		if !ok {
			p.problems.Add(param.Pos, fmt.Sprintf("write CAST(@%s AS TEXT), INTEGER, REAL, BOOLEAN or BLOB", name),
				"query %s: parameter %s has no type", source.Name, name)
			continue
		}
		field := unique(fields, exported(name))
		q.Params = append(q.Params, Param{
			Name: p.argument(name, q.Const, unexported(q.Name)+"RowFields"), Field: field, JSON: p.jsonName(name),
			Type: typ, Nullable: !param.NotNull && !param.Slice, List: param.Slice,
		})
	}
	if len(q.Given()) > 1 {
		q.ParamsType = q.Name + "Params"
	}
}

// boundBy returns the scope that binds a parameter itself.
func boundBy(scope model.Scope, number int) model.ScopeKind {
	switch number {
	case scope.Tenant:
		return model.Tenant
	case scope.Actor:
		return model.Actor
	}
	return model.System
}

// Given returns the parameters that the caller gives.
func (q *Query) Given() []Param {
	return slices.DeleteFunc(slices.Clone(q.Params), func(p Param) bool { return p.Bound != model.System })
}

// planResult makes all columns of a table that table's row, a single column
// a value, and anything else a struct of its own.
func (p *planner) planResult(q *Query, source *model.Query) {
	if len(source.Columns) == 0 {
		p.problems.Add(source.Pos, "add RETURNING, or use :exec", "query %s: %s yields no columns", source.Name, source.Cmd)
		return
	}
	if t := p.wholeTable(source.Columns); t != nil {
		q.Result.Table, q.Fields = t, t.Private+"Fields"
		return
	}
	fields := map[string]int{}
	for i, column := range source.Columns {
		output, ok := p.planOutput(column, i)
		if !ok {
			p.problems.Add(column.Pos, "write CAST(… AS TEXT), INTEGER, REAL, BOOLEAN or BLOB around it",
				"query %s: result column %d (%s) has no type", source.Name, i+1, column.Name)
			continue
		}
		if output.Embed != nil && output.Nullable && output.Marker == nil {
			p.problems.Add(column.Pos, "select its columns one by one, or use an inner JOIN",
				"query %s: nothing tells a row of sqlc.embed(%s) with NULLs alone from one that the outer join does not find",
				source.Name, column.Embed)
			continue
		}
		output.Field = unique(fields, output.Field)
		if output.Marker != nil {
			output.Variable = p.argument(output.Field)
		}
		q.Result.Columns = append(q.Result.Columns, output)
	}
	if len(source.Columns) > 1 || source.Columns[0].Embed != "" {
		q.Result.Row = q.Name + "Row"
	}
}

func (p *planner) planOutput(column model.QueryColumn, i int) (Output, bool) {
	if column.Embed != "" {
		return p.planEmbed(column)
	}
	typ, ok := p.queryType(column.QueryType)
	field := exported(column.Name)
	if field == "" {
		field = fmt.Sprintf("Column%d", i+1)
	}
	return Output{Field: field, JSON: p.jsonName(column.Name), Type: typ, Nullable: !column.NotNull}, ok
}

func (p *planner) planEmbed(column model.QueryColumn) (Output, bool) {
	t := p.tables[p.Schema.Table(column.Embed)]
	if t == nil {
		return Output{}, false
	}
	o := Output{Field: t.Row, JSON: p.jsonName(t.Name), Embed: t, Nullable: !column.NotNull}
	if i := slices.IndexFunc(t.Columns, func(c *Column) bool { return !c.Nullable }); i >= 0 && o.Nullable {
		o.Marker = t.Columns[i]
	}
	return o, true
}

// wholeTable returns the table whose columns, all and in order, these are.
func (p *planner) wholeTable(columns []model.QueryColumn) *Table {
	if len(columns[0].Origins) != 1 {
		return nil
	}
	t := p.tables[p.Schema.Table(columns[0].Origins[0].Table)]
	if t == nil || len(columns) != len(t.Columns) {
		return nil
	}
	for i, c := range t.Columns {
		got := columns[i]
		same := len(got.Origins) == 1 && len(got.Literals) == 0 && got.Origins[0] == model.ColumnRef{Table: t.Name, Column: c.Name}
		missing := !got.NotNull && c.source.NotNull // on the far side of an outer join
		if !same || !strings.EqualFold(got.Name, c.Name) || got.Embed != "" || missing || got.NotNull && c.Nullable {
			return nil
		}
	}
	return t
}

// unique returns name, or name2, name3, … for later uses of it.
func unique(used map[string]int, name string) string {
	used[name]++
	if used[name] == 1 {
		return name
	}
	return unique(used, fmt.Sprintf("%s%d", name, used[name]))
}

// isRecorded reports whether the audit log has to know who runs a statement:
// unless it is known to write nothing that is logged.
func (p *planner) isRecorded(statement string) bool {
	written, ok := sqlite.WrittenBy(statement)
	switch {
	case p.plan.AuditLog == nil, ok && written.Table == "":
		return false
	case !ok:
		return true
	}
	t := p.tables[p.Schema.Table(written.Table)]
	return t == nil || t.Recording == Recorded || t.Recording == RecordedRemoval && written.Removes
}
