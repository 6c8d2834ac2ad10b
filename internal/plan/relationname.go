package plan

import (
	"slices"
	"strings"

	"github.com/rowhouse/rowhouse/internal/config"
)

// relationName is a name in each language. In words it is spelled as the
// database does.
type relationName struct{ words, field, json string }

// takenNames says what has the names of a row's fields.
type takenNames struct{ fields, json map[string]string }

// columnNames returns the names that a table's columns take.
func columnNames(t *Table) *takenNames {
	taken := &takenNames{fields: map[string]string{}, json: map[string]string{}}
	for _, c := range t.Columns {
		taken.add(relationName{field: c.Field, json: c.JSON}, "column "+c.Name)
	}
	return taken
}

func (n *takenNames) add(name relationName, owner string) {
	n.fields[name.field], n.json[name.json] = owner, owner
}

// take takes the first of the names that is free in both languages.
func (n *takenNames) take(names []relationName, owner string) (relationName, bool) {
	for _, name := range names {
		if n.fields[name.field] == "" && n.json[name.json] == "" {
			n.add(name, owner)
			return name, true
		}
	}
	return names[0], false
}

// named is the name of words as the database spells them.
func (p *planner) named(words string) relationName {
	return relationName{words: words, field: exported(words), json: p.relationJSON(words)}
}

// chosen is a name that the options give.
func (p *planner) chosen(field string) relationName {
	return relationName{words: field, field: field, json: p.relationJSON(field)}
}

func (p *planner) relationJSON(name string) string {
	if p.Options.JSONCase == config.JSONSnake {
		return strings.ToLower(strings.Join(words(name), "_"))
	}
	return camel(name)
}

// nameForward names the relations to parents. What the options name comes
// first, so that the others can step aside.
func (r *relater) nameForward() {
	order := slices.SortedStableFunc(slices.Values(r.links), byColumns)
	for _, l := range chosenFirst(order, func(l *link) string { return l.option.Name }) {
		var free bool
		if l.forward, free = r.taken[l.child].take(r.forwardNames(l), l.String()); !free {
			r.nameTaken(l, l.child, l.forward, "name")
		}
	}
}

// nameReverse names the relations to children.
func (r *relater) nameReverse() {
	for _, l := range chosenFirst(r.links, func(l *link) string { return l.option.Reverse }) {
		var free bool
		if l.reverse, free = r.taken[l.parent].take(r.reverseNames(l), l.String()); !free {
			r.nameTaken(l, l.parent, l.reverse, "reverse")
		}
	}
}

// chosenFirst returns those first for which the options choose a name.
func chosenFirst(links []*link, choice func(*link) string) []*link {
	var chosen, others []*link
	for _, l := range links {
		if choice(l) != "" {
			chosen = append(chosen, l)
		} else {
			others = append(others, l)
		}
	}
	return append(chosen, others...)
}

// String names the key in messages.
func (l *link) String() string { return "foreign key " + l.child.Name + "." + l.column.Name }

func (r *relater) nameTaken(l *link, t *Table, name relationName, option string) {
	language, text, owner := "Go", name.field, r.taken[t].fields[name.field]
	if owner == "" {
		language, text, owner = "JSON", name.json, r.taken[t].json[name.json]
	}
	r.problems.Add(l.column.source.Pos,
		"set another in sqlc.yaml: relations: { \""+l.child.Name+"."+l.column.Name+"\": { "+option+": … } }",
		"%s needs the %s name %s in table %q, which %s has", l, language, text, t.Name, owner)
}

// forwardNames are the names that the relation to the parent may have, the
// best first: Owner, OwnerMember, OwnerRow.
func (r *relater) forwardNames(l *link) []relationName {
	if l.option.Name != "" {
		return []relationName{r.chosen(l.option.Name)}
	}
	name, parent := r.referenceName(l), singular(l.parent.Name)
	var names []relationName
	if l.first {
		names = append(names, r.named(name))
	}
	if !endsIn(words(name), words(parent)) {
		names = append(names, r.named(name+"_"+parent))
	}
	return append(names, r.named(name+"_row"))
}

// referenceName is what a key calls the row that it names: its column, without
// the part that says by which column.
func (p *planner) referenceName(l *link) string {
	name := l.column.Name
	switch audit := p.Options.Audit; {
	case strings.EqualFold(name, audit.CreatedBy):
		return "creator"
	case strings.EqualFold(name, audit.UpdatedBy):
		return "updater"
	}
	list := words(name)
	for _, end := range [][]string{{"id"}, words(l.to[slices.Index(l.from, l.column)].Name)} {
		if endsIn(list, end) {
			list = list[:len(list)-len(end)]
			break
		}
	}
	if len(list) == 0 { // id, of a table that adds to the other's rows
		return singular(l.parent.Name)
	}
	return strings.Join(list, "_")
}

func endsIn(list, end []string) bool {
	return len(end) > 0 && len(list) >= len(end) && slices.EqualFunc(list[len(list)-len(end):], end, strings.EqualFold)
}

// reverseNames are the names that the relation to children may have, the best
// first: Tasks or AssigneeTasks, and the latter in any case.
func (r *relater) reverseNames(l *link) []relationName {
	if l.option.Reverse != "" {
		return []relationName{r.chosen(l.option.Reverse)}
	}
	name := r.seenFrom(l.parent, l.child, l.many())
	best := name
	if by := r.prefix(l); l.several && exported(by) != exported(singular(l.parent.Name)) {
		best = by + "_" + name
	}
	return []relationName{
		r.named(best),
		r.named(l.forward.words + "_" + name),
		r.named(l.forward.words + "_" + rowsName(l.child, l.many())),
	}
}

// prefix tells the keys of one table to another apart, as seen from there.
func (r *relater) prefix(l *link) string {
	audit, list := r.Options.Audit, words(l.column.Name)
	switch {
	case strings.EqualFold(l.column.Name, audit.CreatedBy):
		return "created"
	case strings.EqualFold(l.column.Name, audit.UpdatedBy):
		return "updated"
	case l.option.Name != "":
		return l.option.Name
	case len(list) > 1 && strings.EqualFold(list[len(list)-1], "by"):
		return strings.Join(list[:len(list)-1], "_")
	}
	return r.referenceName(l)
}

// rowsName is what rows of a table are called, or one of them.
func rowsName(t *Table, many bool) string {
	if many {
		return plural(t.Name)
	}
	return singular(t.Name)
}

// seenFrom is what rows of a table are called beside a row of another: without
// the other's name in front, unless a third table has the name by itself.
// Beside a team, team_members are members; beside a product, product_tags are
// not the tags that they lead to.
func (r *relater) seenFrom(from, t *Table, many bool) string {
	full := rowsName(t, many)
	list, front := words(full), words(singular(from.Name))
	if len(list) <= len(front) || !slices.EqualFunc(list[:len(front)], front, strings.EqualFold) {
		return full
	}
	short := strings.Join(list[len(front):], "_")
	for _, other := range r.besides(from) {
		if other != t && exported(rowsName(other, many)) == exported(short) {
			return full
		}
	}
	return short
}

// besides returns the tables that a table has relations to but for those over
// its own keys.
func (r *relater) besides(t *Table) []*Table {
	var tables []*Table
	for _, l := range r.links {
		if l.parent == t {
			tables = append(tables, l.child)
		}
	}
	for _, j := range r.joins {
		for i, leg := range j.legs {
			if leg.parent == t {
				tables = append(tables, j.legs[1-i].parent)
			}
		}
	}
	return tables
}
