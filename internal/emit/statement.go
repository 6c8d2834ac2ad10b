package emit

import (
	"slices"
	"strings"

	. "github.com/dave/jennifer/jen" //nolint:staticcheck,revive // jennifer's own idiom

	"github.com/rowhouse/rowhouse/internal/plan"
)

//	var productTable = table{
//		name:    `product`,
//		columns: []columnInfo{{`id`, isKey | isExact}, {`name`, isExact}},
//		from:    `FROM product WHERE organization_id = ?1`,
//		…
//	}
func tableVar(t *plan.Table) *Statement {
	fields := []Code{
		pair("name", sqlLiteral(t.Name)),
		pair("sql", sqlLiteral(t.SQL)),
		pair("columns", columnInfos(t)),
		pair("key", columnNames(t.Keys)),
		pair("fields", Id(t.Private+"Fields")),
	}
	if !t.ReadOnly() {
		fields = append(fields, pair("input", Id(t.Private+"Input")))
	}
	if t.Scoped() {
		fields = append(fields, pair("scoped", True()))
	}
	if t.Rowid != "" {
		fields = append(fields, pair("rowid", sqlLiteral(t.Rowid)))
	}
	fields = append(fields, slices.Concat(restrictions(t), signatures(t), recordings(t), tableStatements(t), deletionFields(t))...)
	if t.Version != nil {
		fields = append(fields, pair("version", sqlLiteral(t.Version.SQL)))
	}
	return Var().Id(t.Private + "Table").Op("=").Id("table").Add(keyed(fields...)).Line()
}

// recordings says which statements the audit log has to know the actor of:
//
//	recording: recordsAll,
func recordings(t *plan.Table) []Code {
	switch t.Recording {
	case plan.Recorded:
		return []Code{pair("recording", Id("recordsAll"))}
	case plan.RecordedRemoval:
		return []Code{pair("recording", Id("recordsRemoval"))}
	}
	return nil
}

// tableStatements are the texts of a table's statements, with what they take.
func tableStatements(t *plan.Table) (fields []Code) {
	s := t.Statements
	text := func(name, sql string) {
		if sql != "" {
			fields = append(fields, pair(name, sqlLiteral(sql)))
		}
	}
	args := func(name string, list []plan.Arg) {
		if len(list) > 0 {
			fields = append(fields, pair(name, argumentList(list)))
		}
	}
	text("from", s.From)
	text("owner", s.Owner)
	text("alive", s.Alive)
	text("get", s.Get)
	text("write", s.Write)
	text("insert", s.Insert)
	args("insertArgs", s.InsertArgs)
	text("many", s.Many)
	args("manyArgs", s.ManyArgs)
	args("stored", s.Stored)
	text("upsert", s.Upsert)
	fields = append(fields, pair("unique", uniqueKeys(t)))
	if len(s.Sorted) > 0 {
		fields = append(fields, pair("sorted", columnLists(s.Sorted)))
	}
	text("tests", s.Tests)
	if s.Tests != "" {
		fields = append(fields, pair("tested", Lit(referencing(t, ", "))))
	}
	text("update", s.Update)
	text("change", s.Change)
	args("updateArgs", s.UpdateArgs)
	text("remove", s.Remove)
	text("clear", s.Clear)
	args("removeArgs", s.RemoveArgs)
	return fields
}

// signatures is the field of what each access to a table must have a user for:
//
//	signed: signatures{toCreate: "product.created_by, product.updated_by", toUpdate: "product.updated_by"},
func signatures(t *plan.Table) []Code {
	var signed []Code
	for _, access := range []struct {
		name    string
		columns []*plan.Column
	}{
		{"toCreate", t.MadeBy()},
		{"toUpdate", t.ChangedBy()},
		{"toRemove", t.RemovedBy()},
	} {
		var names []string
		for _, c := range access.columns {
			names = append(names, t.Name+"."+c.Name)
		}
		if len(names) > 0 {
			signed = append(signed, pair(access.name, Lit(strings.Join(names, ", "))))
		}
	}
	if len(signed) == 0 {
		return nil
	}
	return []Code{pair("signed", Id("signatures").Values(signed...))}
}

// [][]string{{`name`}, {`price`, `name`}}
func columnLists(lists [][]*plan.Column) *Statement {
	var values []Code
	for _, list := range lists {
		values = append(values, columnList(list))
	}
	return Index().Index().String().Values(values...)
}

// []columnInfo{{`id`, isKey | isExact}, {`name`, isExact}}
func columnInfos(t *plan.Table) *Statement {
	var infos []Code
	for _, c := range t.Columns {
		infos = append(infos, Values(sqlLiteral(c.SQL), columnKinds(t, c)))
	}
	return Index().Id("columnInfo").Add(keyed(infos...))
}

// isKey | isExact
func columnKinds(t *plan.Table, c *plan.Column) *Statement {
	s := &Statement{}
	for _, kind := range []struct {
		name string
		is   bool
	}{
		{"isKey", c.Key},
		{"isTenant", c.Job == plan.TenantColumn && !t.Class.Shared},
		{"isHidden", c.Job == plan.DeletedAt || c.Job == plan.DeletionID},
		{"isExact", c.Exact},
		{"isNull", c.Nullable},
		{"isBlob", c.Blob},
		{"isReal", c.Type.Bind == "bindReal"},
		{"isStored", c.AsStored},
		{"isOther", c.ByColumn()},
		{"isSecret", c.Secret()},
		{"isLoose", c.Loose},
	} {
		switch {
		case !kind.is:
		case len(*s) == 0:
			s.Id(kind.name)
		default:
			s.Op("|").Id(kind.name)
		}
	}
	if len(*s) == 0 {
		return Lit(0)
	}
	return s
}

// sources are the runtime's names of where arguments come from.
var sources = map[plan.ArgSource]string{
	plan.FromTenant: "theTenant",
	plan.FromInput:  "theInput",
	plan.FromNewKey: "theKey",
	plan.FromClock:  "theClock",
	plan.FromUser:   "theUser",
	plan.FromList:   "theList",
	plan.FromOne:    "theOne",
	plan.FromNull:   "theNull",
}

// []argument{{from: theTenant}, {from: theClock, bind: bindUnix}}
func argumentList(args []plan.Arg) *Statement {
	var list []Code
	for _, arg := range args {
		source := sources[arg.Source]
		if arg.Source == plan.FromNewKey && !arg.Column.Type.Text {
			source = "theInput" // the database numbers it
		}
		fields := []Code{pair("from", Id(source))}
		if arg.Source == plan.FromClock {
			fields = append(fields, pair("bind", Id(arg.Column.Type.Bind)))
		}
		list = append(list, Values(fields...))
	}
	return Index().Id("argument").Values(list...)
}

// []uniqueKey{{columns: []string{`id`}}}
func uniqueKeys(t *plan.Table) *Statement {
	var keys []Code
	for _, u := range t.Statements.Unique {
		fields := []Code{pair("columns", columnNames(u.Columns))}
		if u.Where != "" {
			fields = append(fields, pair("where", sqlLiteral(u.Where)))
		}
		keys = append(keys, Values(fields...))
	}
	return Index().Id("uniqueKey").Add(keyed(keys...))
}
