package gen_test

import (
	"cmp"
	"database/sql"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rowhouse/rowhouse/gen"
)

// The model is what relations mean, told once more and as simply as can be:
// all rows are read by raw SQL, and a relation compares fields, row by row.

// link is a relation in the model: rows whose field theirs has the value of
// the field mine lead to each other.
type link struct {
	field  string
	to     string // table
	many   bool
	mine   string
	theirs string
	via    *via
}

// via is a table between both: mine is compared with from, and to with theirs.
type via struct{ table, from, to string }

var links = map[string][]link{
	"organization": {
		{"Invitations", "invitation", true, "ID", "OrganizationID", nil},
		{"Members", "member", true, "ID", "OrganizationID", nil},
		{"Roles", "organization_role", true, "ID", "OrganizationID", nil},
		{"Products", "product", true, "ID", "OrganizationID", nil},
		{"Teams", "team", true, "ID", "OrganizationID", nil},
		{"Users", "user", true, "ID", "ID", &via{"member", "OrganizationID", "UserID"}},
	},
	"user": {
		{"Invitations", "invitation", true, "ID", "InviterID", nil},
		{"Members", "member", true, "ID", "UserID", nil},
		{"CreatedProducts", "product", true, "ID", "CreatedBy", nil},
		{"UpdatedProducts", "product", true, "ID", "UpdatedBy", nil},
		{"TeamMembers", "team_member", true, "ID", "UserID", nil},
		{"Organizations", "organization", true, "ID", "ID", &via{"member", "UserID", "OrganizationID"}},
	},
	"invitation":        {{"Organization", "organization", false, "OrganizationID", "ID", nil}, {"Inviter", "user", false, "InviterID", "ID", nil}},
	"member":            {{"Organization", "organization", false, "OrganizationID", "ID", nil}, {"User", "user", false, "UserID", "ID", nil}},
	"organization_role": {{"Organization", "organization", false, "OrganizationID", "ID", nil}},
	"product": {
		{"Organization", "organization", false, "OrganizationID", "ID", nil},
		{"Creator", "user", false, "CreatedBy", "ID", nil},
		{"Updater", "user", false, "UpdatedBy", "ID", nil},
	},
	"team":        {{"Organization", "organization", false, "OrganizationID", "ID", nil}, {"Members", "team_member", true, "ID", "TeamID", nil}},
	"team_member": {{"Team", "team", false, "TeamID", "ID", nil}, {"User", "user", false, "UserID", "ID", nil}},
}

// private are the relations that no scope may follow.
var private = map[string]bool{"user.Identities": true, "user.Sessions": true}

// modelled are the tables of the model: their rows, the variable of their
// columns, and their handle in a Scope.
var modelled = map[string]struct {
	row     reflect.Type
	columns any
	handle  string // "" for a global table
}{
	"organization":      {reflect.TypeFor[gen.Organization](), gen.Organizations, ""},
	"user":              {reflect.TypeFor[gen.User](), gen.Users, ""},
	"invitation":        {reflect.TypeFor[gen.Invitation](), gen.Invitations, "Invitations"},
	"member":            {reflect.TypeFor[gen.Member](), gen.Members, "Members"},
	"organization_role": {reflect.TypeFor[gen.OrganizationRole](), gen.OrganizationRoles, "OrganizationRoles"},
	"product":           {reflect.TypeFor[gen.Product](), gen.Products, "Products"},
	"team":              {reflect.TypeFor[gen.Team](), gen.Teams, "Teams"},
	"team_member":       {reflect.TypeFor[gen.TeamMember](), gen.TeamMembers, "TeamMembers"},
}

// The model knows every relation that there is.
func TestModelIsComplete(t *testing.T) {
	for name, table := range modelled {
		columns := reflect.TypeOf(table.columns)
		for column := range columns.Fields() {
			if _, ok := column.Type.Elem().FieldByName("With"); !ok || private[name+"."+column.Name] {
				continue
			}
			if !slices.ContainsFunc(links[name], func(l link) bool { return l.field == column.Name }) {
				t.Errorf("the model does not know the relation %s.%s", name, column.Name)
			}
		}
	}
}

// model is what one tenant may see.
type model struct {
	tenant gen.OrganizationID
	rows   map[string]reflect.Value // slices, by table and sorted by key
}

// newModel reads all that a tenant may see. Users are global.
func newModel(t *testing.T, db *sql.DB, tenant gen.OrganizationID) *model {
	t.Helper()
	m := &model{tenant, map[string]reflect.Value{}}
	for name, table := range modelled {
		rows := raw(t, db, name, table.row)
		visible := reflect.MakeSlice(rows.Type(), 0, rows.Len())
		for i := range rows.Len() {
			if m.sees(t, db, name, rows.Index(i)) {
				visible = reflect.Append(visible, rows.Index(i))
			}
		}
		m.rows[name] = visible
	}
	return m
}

func (m *model) sees(t *testing.T, db *sql.DB, table string, row reflect.Value) bool {
	t.Helper()
	switch table {
	case "user":
		return true
	case "organization":
		return row.FieldByName("ID").String() == string(m.tenant)
	case "team_member":
		return texts(t, db, `SELECT organization_id FROM team WHERE id = ?`, row.FieldByName("TeamID").String())[0] == string(m.tenant)
	case "product":
		if !row.FieldByName("DeletedAt").IsNil() {
			return false
		}
	}
	return row.FieldByName("OrganizationID").String() == string(m.tenant)
}

// raw reads a whole table into a slice of rows, sorted by key.
func raw(t *testing.T, db *sql.DB, table string, row reflect.Type) reflect.Value {
	t.Helper()
	found, err := db.Query(fmt.Sprintf(`SELECT * FROM %q ORDER BY id`, table))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = found.Close() }()
	columns, err := found.Columns()
	if err != nil {
		t.Fatal(err)
	}
	rows := reflect.MakeSlice(reflect.SliceOf(row), 0, 0)
	for found.Next() {
		values, to := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			to[i] = &values[i]
		}
		if err := found.Scan(to...); err != nil {
			t.Fatal(err)
		}
		one := reflect.New(row).Elem()
		for i, column := range columns {
			store(one.FieldByNameFunc(func(name string) bool {
				return strings.EqualFold(name, strings.ReplaceAll(column, "_", ""))
			}), values[i])
		}
		rows = reflect.Append(rows, one)
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return rows
}

// store sets a field to what the driver has read.
func store(field reflect.Value, value any) {
	if value == nil {
		return
	}
	if field.Kind() == reflect.Pointer {
		field.Set(reflect.New(field.Type().Elem()))
		field = field.Elem()
	}
	switch {
	case field.Type() == reflect.TypeFor[time.Time]():
		field.Set(reflect.ValueOf(time.Unix(value.(int64), 0).UTC()))
	case field.Type() == reflect.TypeFor[json.RawMessage]():
		field.SetBytes([]byte(value.(string)))
	case field.Kind() == reflect.Bool:
		field.SetBool(value.(int64) == 1)
	case field.Kind() == reflect.Int64:
		field.SetInt(value.(int64))
	default:
		field.SetString(value.(string))
	}
}

// plainly returns the value of a field as the database has it: nil, an integer
// or a text.
func plainly(field reflect.Value) any {
	switch {
	case field.Kind() == reflect.Pointer && field.IsNil():
		return nil
	case field.Kind() == reflect.Pointer:
		return plainly(field.Elem())
	case field.Type() == reflect.TypeFor[time.Time]():
		return field.Interface().(time.Time).Unix()
	case field.Kind() == reflect.Bool && field.Bool():
		return int64(1)
	case field.Kind() == reflect.Bool:
		return int64(0)
	case field.Kind() == reflect.Int64:
		return field.Int()
	}
	return field.String()
}

// compared orders plain values of one column; NULL comes first.
func compared(a, b any) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	}
	if n, ok := a.(int64); ok {
		return cmp.Compare(n, b.(int64))
	}
	return cmp.Compare(a.(string), b.(string))
}

// wish is what to read of a table, or of what a link leads to.
type wish struct {
	table   string
	link    *link // nil for the rows of a query
	where   []condition
	order   []sorting // with the key last, so that it is total; nil for any order
	offset  int
	limit   int // -1 for none
	columns []string
	with    []wish
}

type condition struct {
	column, operator string
	value            reflect.Value // of the column's Go type; invalid for NULL tests
}

type sorting struct {
	column     string
	descending bool
}

func (w wish) String() string {
	text := w.table
	if w.link != nil {
		text = w.link.field
	}
	for _, c := range w.where {
		value := ""
		if c.value.IsValid() {
			value = fmt.Sprintf(" %q", fmt.Sprint(c.value))
		}
		text += fmt.Sprintf(".Where(%s.%s%s)", c.column, c.operator, value)
	}
	if w.order != nil {
		text += fmt.Sprintf(".OrderBy%v", w.order)
	}
	if w.offset > 0 {
		text += fmt.Sprintf(".Offset(%d)", w.offset)
	}
	if w.limit >= 0 {
		text += fmt.Sprintf(".Limit(%d)", w.limit)
	}
	if w.columns != nil {
		text += fmt.Sprintf(".Select%v", w.columns)
	}
	if w.with != nil {
		text += fmt.Sprintf(".With%v", w.with)
	}
	return text
}

// matches tells whether a row meets a condition. NULL meets none but its own.
func (c condition) matches(row reflect.Value) bool {
	value := plainly(row.FieldByName(c.column))
	switch {
	case c.operator == "IsNull":
		return value == nil
	case c.operator == "NotNull":
		return value != nil
	case value == nil:
		return false
	}
	order := compared(value, plainly(c.value))
	return map[string]bool{
		"Eq": order == 0, "NE": order != 0, "LT": order < 0, "LTE": order <= 0, "GT": order > 0, "GTE": order >= 0,
	}[c.operator]
}

// find returns a copy of the rows among some that a wish is for, with what
// they lead to.
func (m *model) find(w wish, among reflect.Value) reflect.Value {
	found := reflect.MakeSlice(among.Type(), 0, 0)
	for i := range among.Len() {
		if !slices.ContainsFunc(w.where, func(c condition) bool { return !c.matches(among.Index(i)) }) {
			found = reflect.Append(found, among.Index(i))
		}
	}
	if w.order != nil {
		sortRows(found, w.order)
	}
	found = found.Slice(min(w.offset, found.Len()), found.Len())
	if w.limit >= 0 {
		found = found.Slice(0, min(w.limit, found.Len()))
	}
	for i := range found.Len() {
		row := found.Index(i)
		for _, child := range w.with {
			rows := m.find(child, m.linked(row, *child.link))
			switch field := row.FieldByName(child.link.field); {
			case child.link.many:
				field.Set(rows)
			case rows.Len() > 0:
				field.Set(rows.Index(0).Addr())
			}
		}
		m.choose(w, row)
	}
	return found
}

// linked returns the rows that one leads to.
func (m *model) linked(row reflect.Value, l link) reflect.Value {
	mine := plainly(row.FieldByName(l.mine))
	all := m.rows[l.to]
	found := reflect.MakeSlice(all.Type(), 0, 0)
	for i := range all.Len() {
		if m.leads(mine, plainly(all.Index(i).FieldByName(l.theirs)), l) {
			found = reflect.Append(found, all.Index(i))
		}
	}
	return found
}

func (m *model) leads(mine, theirs any, l link) bool {
	if l.via == nil {
		return mine != nil && mine == theirs
	}
	between := m.rows[l.via.table]
	for i := range between.Len() {
		if plainly(between.Index(i).FieldByName(l.via.from)) == mine && plainly(between.Index(i).FieldByName(l.via.to)) == theirs {
			return true
		}
	}
	return false
}

// choose empties the fields of the columns that were not wished for.
func (m *model) choose(w wish, row reflect.Value) {
	if w.columns == nil {
		return
	}
	for _, column := range columnsOf(w.table) {
		if !slices.Contains(w.columns, column) {
			row.FieldByName(column).SetZero()
		}
	}
	if w.table == "organization" {
		row.FieldByName("Metadata").SetZero() // is JSON, which no wish names
	}
}

func sortRows(rows reflect.Value, by []sorting) {
	copied := reflect.MakeSlice(rows.Type(), rows.Len(), rows.Len())
	reflect.Copy(copied, rows)
	places := make([]int, rows.Len())
	for i := range places {
		places[i] = i
	}
	slices.SortStableFunc(places, func(a, b int) int {
		for _, s := range by {
			order := compared(plainly(copied.Index(a).FieldByName(s.column)), plainly(copied.Index(b).FieldByName(s.column)))
			if s.descending {
				order = -order
			}
			if order != 0 {
				return order
			}
		}
		return 0
	})
	for i, place := range places {
		rows.Index(i).Set(copied.Index(place))
	}
}

// settle sorts by key what was read in no order in particular.
func settle(w wish, rows reflect.Value) {
	if w.order == nil {
		sortRows(rows, []sorting{{"ID", false}})
	}
	for i := range rows.Len() {
		for _, child := range w.with {
			if field := rows.Index(i).FieldByName(child.link.field); child.link.many {
				settle(child, field)
			} else if !field.IsNil() {
				one := reflect.MakeSlice(reflect.SliceOf(field.Type().Elem()), 1, 1)
				one.Index(0).Set(field.Elem())
				settle(child, one)
				field.Set(one.Index(0).Addr())
			}
		}
	}
}

// columnsOf lists the columns of a table that predicates compare here; those
// of JSON are not among them.
func columnsOf(table string) []string {
	var names []string
	for column := range reflect.TypeOf(modelled[table].columns).Fields() {
		eq, ok := column.Type.Elem().FieldByName("Eq")
		if ok && eq.Type.In(0) != reflect.TypeFor[json.RawMessage]() {
			names = append(names, column.Name)
		}
	}
	return names
}

// wishes makes them up.
type wishes struct {
	*rand.Rand
	model *model
}

func (r *wishes) chance(percent int) bool { return r.IntN(100) < percent }

func pick[V any](r *wishes, list []V) V { return list[r.IntN(len(list))] }

// wish makes up one for a table, with relations to some depth.
func (r *wishes) wish(table string, l *link, depth int) wish {
	w := wish{table: table, link: l, limit: -1}
	if r.chance(40) {
		w.where = append(w.where, r.condition(table))
	}
	if r.chance(60) {
		for range r.IntN(3) {
			w.order = append(w.order, sorting{pick(r, columnsOf(table)), r.chance(50)})
		}
		w.order = append(w.order, sorting{"ID", r.chance(50)})
		if l == nil && r.chance(30) {
			w.offset = r.IntN(3)
		}
	}
	if (l != nil || w.order != nil) && r.chance(30) {
		w.limit = r.IntN(4)
	}
	if r.chance(30) {
		w.columns = append(w.columns, "ID") // or else what has no order could not be compared
		for range r.IntN(4) {
			w.columns = append(w.columns, pick(r, columnsOf(table)))
		}
	}
	if depth == 0 {
		return w
	}
	for i := range links[table] {
		if next := &links[table][i]; r.chance(50) {
			w.with = append(w.with, r.wish(next.to, next, depth-1))
		}
	}
	return w
}

func (r *wishes) condition(table string) condition {
	column := pick(r, columnsOf(table))
	if r.chance(20) {
		return condition{column, pick(r, []string{"IsNull", "NotNull"}), reflect.Value{}}
	}
	c := condition{column: column, operator: pick(r, []string{"Eq", "NE", "LT", "LTE", "GT", "GTE"})}
	if rows := r.model.rows[table]; rows.Len() > 0 {
		c.value = rows.Index(r.IntN(rows.Len())).FieldByName(column)
	} else {
		c.value = reflect.Zero(modelled[table].row).FieldByName(column)
	}
	if c.value.Kind() == reflect.Pointer {
		if c.value.IsNil() {
			return condition{column, "NotNull", reflect.Value{}}
		}
		c.value = c.value.Elem()
	}
	return c
}

// refine asks a query or a relation of the generated package for a wish.
func (w wish) refine(of reflect.Value) reflect.Value {
	columns := reflect.ValueOf(modelled[w.table].columns)
	call := func(name string, args ...reflect.Value) {
		method := of.MethodByName(name)
		if !method.IsValid() {
			method = of.Elem().FieldByName(name)
		}
		of = method.Call(args)[0]
	}
	for _, c := range w.where {
		var value []reflect.Value
		if c.value.IsValid() {
			value = append(value, c.value)
		}
		call("Where", columns.FieldByName(c.column).Elem().FieldByName(c.operator).Call(value)[0])
	}
	for _, s := range w.order {
		direction := map[bool]string{false: "Asc", true: "Desc"}[s.descending]
		call("OrderBy", columns.FieldByName(s.column).Elem().FieldByName(direction).Call(nil)[0])
	}
	if w.limit >= 0 {
		call("Limit", reflect.ValueOf(w.limit))
	}
	if w.offset > 0 {
		call("Offset", reflect.ValueOf(w.offset))
	}
	if w.columns != nil {
		var chosen []reflect.Value
		for _, column := range w.columns {
			chosen = append(chosen, columns.FieldByName(column))
		}
		call("Select", chosen...)
	}
	if w.with != nil {
		call("With", w.relations()...)
	}
	return of
}

// relations are those of the generated package that a wish follows.
func (w wish) relations() []reflect.Value {
	var list []reflect.Value
	columns := reflect.ValueOf(modelled[w.table].columns)
	for _, child := range w.with {
		list = append(list, child.refine(columns.FieldByName(child.link.field)))
	}
	return list
}
