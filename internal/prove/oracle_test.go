package prove

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sqlc-dev/meyer/ast"
	"github.com/sqlc-dev/meyer/parser"

	"github.com/rowhouse/rowhouse/internal/model"
)

// oracle judges statements without the prover: it runs them on two real
// databases, one with the rows of all tenants and one with the rows of the
// scope alone, and compares what comes back and what is stored.
type oracle struct {
	world  *world
	by     By
	own    string // a tenant of the scope
	full   *sql.Conn
	home   *sql.Conn
	inside map[string]bool // tenants of the scope
	pool   []any           // values of the other parameters
	values map[string]any  // verified parameters
	tables []string
	plain  map[string]string // tables to the SQL of a row's tenant
	before map[*sql.Conn]*state
	crossQ map[string]string
}

// state is what is stored: per table the rows of the scope and the others.
type state struct {
	inside, outside map[string][]string
	keys, cross     map[string]int // how many keys of the scope have a value, and how many of them name others' rows
}

var (
	basePool = []any{
		"org_a", "ORG_A", "orgXa", "org_a2", "u1", "u2", "u3", "u4", "u5", "u8", "U1", "pa1", "pa2", "pa4", "pb1", "pb2", "px1", "ta1", "ta2", "tb1", "tx1",
		"tma1", "tmb1", "ca1", "ca2", "ca4", "cb1", "cb3", "cx1", "ma2", "mb1", "ia1", "ib1", "new1", "new2", "sku1", "sku2", "sku9", "Lamp", "Lamps", "Sales", "acme-b",
		"ada@example.com", "dora@example.com", "gabi@example.com", "admin", "owner", "pending", "x", "%", "", nil, nil, int64(0), int64(1), int64(5), int64(100), "de",
		`["pa1","pb1","px1","pa2"]`, `[{"id":"n1","sku":"sku1","name":"L"},{"id":"pb1","sku":"s7","name":"M"}]`, "price", "light",
	}
	crmPool = []any{
		int64(1), int64(2), int64(3), int64(4), int64(5), int64(10), int64(11), int64(12), int64(20), int64(21), int64(30), int64(100), int64(101), int64(102), int64(110), int64(200), int64(201), int64(300),
		int64(900), int64(901), int64(902), int64(903), int64(904), "1", "2", "Big", "big", "Lamps", "Desks", "hot", "cold", "closed", "opened", "mine", "k", "open", "won", "x", "", nil, nil, 1.0, 0.5, "EUR", "deal",
	}
)

func newOracle(t testing.TB, w *world, by By) *oracle {
	t.Helper()
	o := &oracle{world: w, by: by, plain: map[string]string{}, before: map[*sql.Conn]*state{}, crossQ: map[string]string{}}
	switch w.name {
	case "base":
		o.own, o.inside = "org_a", map[string]bool{"org_a": true, "org_a2": by == Actor}
		o.pool, o.values = basePool, map[string]any{"@organization_id": "org_a", "@user_id": "u1"}
	case "crm":
		o.own, o.inside = "1", map[string]bool{"1": true, "3": by == Actor}
		o.pool, o.values = crmPool, map[string]any{"@tenant_id": int64(1), "@user_id": int64(1)}
	}
	if by == Actor {
		delete(o.values, w.params.Tenant[0])
	}
	for _, table := range w.schema.Tables {
		o.tables = append(o.tables, table.Name)
		o.plain[table.Name] = o.tenantSQL(w.prover.tables[model.Fold(table.Name)])
	}
	o.crossKeys()
	o.full, o.home = openRows(t, w), openRows(t, w)
	o.strip(t)
	for _, conn := range []*sql.Conn{o.full, o.home} {
		run(t, conn, "PRAGMA foreign_keys = ON")
		o.before[conn] = o.read(t, conn)
	}
	return o
}

func openRows(t testing.TB, w *world) *sql.Conn {
	t.Helper()
	db, err := sql.Open("sqlite3", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	conn, err := db.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	rows, err := os.ReadFile("testdata/" + w.name + "_rows.sql")
	if err != nil {
		t.Fatal(err)
	}
	run(t, conn, w.ddl)
	triggers := ""
	for _, tr := range w.schema.Triggers {
		run(t, conn, "DROP TRIGGER "+quoteName(tr.Name))
		triggers += tr.SQL + ";"
	}
	run(t, conn, string(rows))
	run(t, conn, triggers)
	return conn
}

func run(t testing.TB, conn *sql.Conn, text string) {
	t.Helper()
	if _, err := conn.ExecContext(context.Background(), text); err != nil {
		t.Fatal(err)
	}
}

// tenantSQL is an expression for the tenant of a row.
func (o *oracle) tenantSQL(t *table) string {
	name := quoteName(t.Name)
	switch {
	case t.tenant >= 0:
		return name + "." + quoteName(t.Columns[t.tenant].Name)
	case t.owner == ownedByPath:
		ref := t.refs[t.path]
		return fmt.Sprintf("(SELECT %s FROM %s WHERE %s.%s = %s.%s)", o.tenantSQL(ref.target), quoteName(ref.target.Name),
			quoteName(ref.target.Name), quoteName(ref.key.RefColumns[0]), name, quoteName(ref.key.Columns[0]))
	}
	return "NULL"
}

// strip leaves the home database with the rows of the scope, what is
// everyone's, and the users that those rows name.
func (o *oracle) strip(t testing.TB) {
	t.Helper()
	var inside []string
	for tenant, in := range o.inside {
		if in {
			inside = append(inside, "'"+tenant+"'")
		}
	}
	var owned []*table
	for _, name := range o.tables {
		if o.plain[name] == "NULL" {
			continue
		}
		table := o.world.prover.tables[model.Fold(name)]
		owned = append(owned, table)
		run(t, o.home, fmt.Sprintf(`CREATE TEMP TABLE "keep_%s" AS SELECT * FROM %s WHERE CAST(%[3]s AS TEXT) IN (%[4]s) OR %[3]s IS NULL AND %[5]v`,
			name, quoteName(name), o.plain[name], strings.Join(inside, ", "), table.shared))
	}
	users := fmt.Sprintf("SELECT '%v' AS x", o.values["@user_id"])
	for _, table := range owned {
		run(t, o.home, o.deletion(table))
		for _, ref := range table.refs {
			if ref.target == o.world.prover.users {
				users += fmt.Sprintf(" UNION SELECT CAST(%s AS TEXT) FROM %s", quoteName(ref.key.Columns[0]), quoteName(table.Name))
			}
		}
	}
	for _, name := range o.tables {
		table := o.world.prover.tables[model.Fold(name)]
		if table.user >= 0 && (table.owner == person || table.owner == personal || table.owner == private) {
			run(t, o.home, fmt.Sprintf("DELETE FROM %s WHERE CAST(%s AS TEXT) NOT IN (SELECT x FROM (%s) WHERE x IS NOT NULL)",
				quoteName(name), quoteName(table.Columns[table.user].Name), users))
		}
	}
}

// deletion removes the rows that were not kept, told by their primary key.
func (o *oracle) deletion(t *table) string {
	key := t.PrimaryKey
	if len(key) == 0 {
		for _, c := range t.columns {
			key = append(key, c.name)
		}
	}
	var match []string
	for _, c := range key {
		match = append(match, fmt.Sprintf("k.%[1]s IS %[2]s.%[1]s", quoteName(c), quoteName(t.Name)))
	}
	return fmt.Sprintf(`DELETE FROM %s WHERE NOT EXISTS (SELECT 1 FROM temp."keep_%s" k WHERE %s)`, quoteName(t.Name), t.Name, strings.Join(match, " AND "))
}

// crossKeys prepares the queries for keys of the scope that leave it.
func (o *oracle) crossKeys() {
	for _, name := range o.tables {
		t := o.world.prover.tables[model.Fold(name)]
		if o.plain[name] == "NULL" {
			continue
		}
		for i, ref := range t.refs {
			own := quoteName(ref.key.Columns[len(ref.key.Columns)-1])
			id := "''"
			if len(t.PrimaryKey) > 0 {
				id = quoteName(t.Name) + "." + quoteName(t.PrimaryKey[len(t.PrimaryKey)-1])
			}
			label := fmt.Sprintf("%s.%s#%d", name, own, i)
			switch {
			case ref.target.owner == owned || ref.target.owner == ownedByPath:
				inner := strings.ReplaceAll(o.tenantSQL(ref.target), quoteName(ref.target.Name)+".", "parent.")
				o.crossQ[label] = fmt.Sprintf("SELECT %s, %s, %s, (SELECT %s FROM %s parent WHERE parent.%s = %s.%s) FROM %s",
					id, own, o.plain[name], inner, quoteName(ref.target.Name), quoteName(ref.key.RefColumns[len(ref.to)-1]), quoteName(name), own, quoteName(name))
			case ref.target == o.world.prover.users && !t.bridge && t != o.world.prover.members:
				m := o.world.prover.members
				o.crossQ[label] = fmt.Sprintf("SELECT %[1]s, %[2]s, %[3]s, CASE WHEN %[2]s = '%[8]v' OR %[2]s IN (SELECT %[4]s FROM %[5]s WHERE %[6]s = %[3]s) THEN %[3]s ELSE 'stranger' END FROM %[7]s",
					id, quoteName(name)+"."+own, o.plain[name], quoteName(m.Columns[m.user].Name), quoteName(m.Name), quoteName(m.Columns[o.world.prover.memberTenant].Name), quoteName(name), o.values["@user_id"])
			}
		}
	}
}

// read dumps a database.
func (o *oracle) read(t testing.TB, conn *sql.Conn) *state {
	t.Helper()
	s := &state{inside: map[string][]string{}, outside: map[string][]string{}, keys: map[string]int{}, cross: map[string]int{}}
	for _, name := range o.tables {
		rows, err := fetch(conn, fmt.Sprintf("SELECT %s, * FROM %s", o.whose(name), quoteName(name)), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			tenant, _, _ := strings.Cut(row, "|")
			if o.inside[strings.TrimPrefix(tenant, "t:")] || o.inside[strings.TrimPrefix(tenant, "i:")] {
				s.inside[name] = append(s.inside[name], row)
			} else {
				s.outside[name] = append(s.outside[name], row)
			}
		}
		slices.Sort(s.inside[name])
		slices.Sort(s.outside[name])
	}
	for label, q := range o.crossQ {
		rows, err := fetch(conn, q, nil)
		if err != nil {
			t.Fatal(err, q)
		}
		for _, row := range rows {
			parts := strings.Split(row, "|")
			key := label + ":" + parts[1]
			if o.inside[strings.TrimPrefix(parts[2][2:], ":")] {
				s.keys[key]++
			}
			if o.inside[parts[2][2:]] && parts[1] != "null" && parts[3] != "null" && parts[2] != parts[3] {
				s.cross[key]++
			}
		}
	}
	return s
}

// whose is an expression that tells the rows of the scope from the others.
func (o *oracle) whose(name string) string {
	t := o.world.prover.tables[model.Fold(name)]
	if o.by == Actor && (t.owner == person || t.owner == personal) {
		return fmt.Sprintf("iif(%s = '%v', '%s', NULL)", quoteName(t.Columns[t.user].Name), o.values["@user_id"], o.own)
	}
	return o.plain[name]
}

// fetch runs a query and returns its rows as text that tells types apart.
func fetch(conn *sql.Conn, text string, args []any) ([]string, error) {
	return fetchWithin(context.Background(), conn, text, args)
}

func fetchWithin(ctx context.Context, conn *sql.Conn, text string, args []any) ([]string, error) {
	rows, err := conn.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	columns, _ := rows.Columns()
	values, targets := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		targets[i] = &values[i]
	}
	var out []string
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return nil, err
		}
		var b strings.Builder
		for i, v := range values {
			if i > 0 {
				b.WriteByte('|')
			}
			switch v := v.(type) {
			case nil:
				b.WriteString("null")
			case int64:
				fmt.Fprintf(&b, "i:%d", v)
			case string:
				b.WriteString("t:" + v)
			default:
				fmt.Fprintf(&b, "%T:%v", v, v)
			}
		}
		out = append(out, b.String())
		if len(out) > 5000 {
			return nil, fmt.Errorf("too many rows")
		}
	}
	return out, rows.Err()
}

// arguments binds the verified parameters and draws the others.
func (o *oracle) arguments(stmt ast.Stmt, r *rand.Rand) []any {
	var args []any
	seen := map[int]bool{}
	ast.Walk(stmt, func(n ast.Node) bool {
		p, ok := n.(*ast.BindParam)
		if !ok || seen[p.Number] {
			return true
		}
		seen[p.Number] = true
		value, verified := o.values[p.Raw]
		if !verified {
			value = o.pool[r.Intn(len(o.pool))]
		}
		for len(args) < p.Number {
			args = append(args, nil)
		}
		args[p.Number-1] = value
		return true
	})
	return args
}

// judge runs a statement and says how it interferes; "" if it does not. What
// it finds it looks at twice, since the clock may strike in between.
func (o *oracle) judge(t testing.TB, text string, stmt ast.Stmt, r *rand.Rand) string {
	args := o.arguments(stmt, r)
	if o.trial(t, text, stmt, args) == "" {
		return ""
	}
	return o.trial(t, text, stmt, args)
}

func (o *oracle) trial(t testing.TB, text string, stmt ast.Stmt, args []any) string {
	_, reads := stmt.(*ast.SelectStmt)
	full, fullState, fullErr := o.attempt(t, o.full, text, args, reads)
	home, homeState, homeErr := o.attempt(t, o.home, text, args, reads)
	if !reads {
		if d := difference(o.before[o.full].outside, fullState.outside); d != "" {
			return "changes rows of others: " + d + fmt.Sprint(args)
		}
		for key, n := range fullState.cross {
			if n > o.before[o.full].keys[key] {
				return "makes a key leave the scope: " + key + fmt.Sprint(args)
			}
		}
	}
	if fullErr != nil || homeErr != nil {
		return ""
	}
	slices.Sort(full)
	slices.Sort(home)
	if !slices.Equal(full, home) {
		return fmt.Sprintf("reads others: with them %v, without %v, arguments %v", full, home, args)
	}
	if !reads {
		if d := difference(homeState.inside, fullState.inside); d != "" {
			return "stores what depends on others: " + d + fmt.Sprint(args)
		}
	}
	return ""
}

func difference(a, b map[string][]string) string {
	for name := range a {
		if !slices.Equal(a[name], b[name]) {
			return fmt.Sprintf("%s: %v and %v", name, a[name], b[name])
		}
	}
	for name := range b {
		if len(a[name]) == 0 && len(b[name]) > 0 {
			return fmt.Sprintf("%s: %v", name, b[name])
		}
	}
	return ""
}

// attempt runs a statement and takes it back.
func (o *oracle) attempt(t testing.TB, conn *sql.Conn, text string, args []any, reads bool) (rows []string, after *state, err error) {
	// A mutated recursion may never end.
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	if reads {
		rows, err = fetchWithin(ctx, conn, text, args)
		return rows, nil, err
	}
	run(t, conn, "SAVEPOINT trial")
	rows, err = fetchWithin(ctx, conn, text, args)
	if err != nil {
		after = o.before[conn]
	} else {
		after = o.read(t, conn)
	}
	run(t, conn, "ROLLBACK TO trial")
	run(t, conn, "RELEASE trial")
	return rows, after, err
}

// oracles are made once for each schema and scope.
func oracles(t testing.TB) map[string]map[By]*oracle {
	out := map[string]map[By]*oracle{}
	for name, w := range worlds(t) {
		out[name] = map[By]*oracle{Tenant: newOracle(t, w, Tenant), Actor: newOracle(t, w, Actor)}
	}
	return out
}

// TestOracleAgreesWithLabels runs the corpus: what is labelled safe must not
// interfere, so that the labels are not only somebody's opinion.
func TestOracleAgreesWithLabels(t *testing.T) {
	all := oracles(t)
	r := rand.New(rand.NewSource(1))
	unsafe, caught := 0, 0
	for _, s := range corpus(t) {
		stmt, err := parser.ParseStatement(s.text)
		if err != nil || !isQuery(stmt) {
			continue
		}
		by := Tenant
		if s.actor {
			by = Actor
		}
		o := all[s.world][by]
		found := ""
		for range 12 {
			if found = o.judge(t, s.text, stmt, r); found != "" {
				break
			}
		}
		switch {
		case s.safe && found != "":
			t.Errorf("%s is labelled safe and %s\n%s", s.name, found, s.text)
		case s.safe && o.alwaysFails(s.text):
			t.Errorf("%s never runs\n%s", s.name, s.text)
		case !s.safe:
			unsafe++
			if found != "" {
				caught++
			}
		}
	}
	t.Logf("%d of %d unsafe statements interfere on these rows", caught, unsafe)
}

// alwaysFails reports whether a statement is not SQL that the schema takes.
func (o *oracle) alwaysFails(text string) bool {
	prepared, err := o.full.PrepareContext(context.Background(), text)
	if err != nil {
		return true
	}
	_ = prepared.Close()
	return false
}

func isQuery(stmt ast.Stmt) bool {
	switch stmt.(type) {
	case *ast.SelectStmt, *ast.InsertStmt, *ast.UpdateStmt, *ast.DeleteStmt:
		return true
	}
	return false
}
