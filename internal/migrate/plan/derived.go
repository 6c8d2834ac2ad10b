package plan

import (
	"github.com/sqlc-dev/meyer/token"

	"github.com/rowhouse/rowhouse/internal/migrate/sqltext"
	"github.com/rowhouse/rowhouse/internal/model"
)

// contentOf returns what the option content of a full text table names: the
// table whose rows it is an index of, or "" for none, which nothing can read.
func contentOf(t *model.Table) (table string, isSet bool) {
	if !t.Virtual {
		return "", false
	}
	words := sqltext.Tokens(t.SQL)
	for i := range len(words) - 2 {
		if model.Fold(words[i].Text(t.SQL)) == "content" && words[i+1].Kind == token.EQ {
			return model.Unquote(words[i+2].Text(t.SQL)), true
		}
	}
	return "", false
}

// isDerived reports whether all that a table holds can be made again from
// another table, as an index can.
func isDerived(t *model.Table) bool {
	content, _ := contentOf(t)
	return content != ""
}

// dropDerived drops the full text indexes that change, before anything
// happens to the tables that they are of.
func (p *planner) dropDerived() {
	for _, c := range p.derived {
		p.touch(c.from.table.Name)
		p.step("Index "+c.to.table.Name+" again:", "DROP TABLE %s", sqltext.Quote(c.from.table.Name))
	}
}

// createDerived makes them again once these tables are what they are to be.
func (p *planner) createDerived() {
	for _, c := range p.derived {
		name := sqltext.Quote(c.to.table.Name)
		p.step("", "%s", c.to.table.SQL)
		p.step("", "INSERT INTO %s (%s) VALUES ('rebuild')", name, name)
	}
}
