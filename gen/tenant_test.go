package gen_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/rowhouse/rowhouse/gen"
)

// asStored returns all rows of a table, each value with its type, as the
// database spells it.
func asStored(t *testing.T, db *sql.DB, table, condition string, args ...any) []string {
	t.Helper()
	var list []string
	for _, column := range texts(t, db, `SELECT name FROM pragma_table_info(?)`, table) {
		list = append(list, fmt.Sprintf("'%[1]s=' || typeof(%[1]q) || ' ' || quote(%[1]q)", column))
	}
	return texts(t, db, fmt.Sprintf("SELECT %s FROM %q WHERE %s", strings.Join(list, " || ', ' || "), table, condition), args...)
}

// everything returns all rows of all tables.
func everything(t *testing.T, db *sql.DB) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, table := range texts(t, db, `SELECT name FROM sqlite_master WHERE type = 'table'`) {
		all[table] = asStored(t, db, table, "TRUE")
	}
	return all
}

// belonging returns all rows of an organization.
func belonging(t *testing.T, db *sql.DB, id gen.OrganizationID) map[string][]string {
	t.Helper()
	rows := map[string][]string{"organization": asStored(t, db, "organization", "id = ?", id)}
	for _, table := range []string{"invitation", "member", "organization_role", "product", "team"} {
		rows[table] = asStored(t, db, table, "organization_id = ?", id)
	}
	rows["team_member"] = asStored(t, db, "team_member", "team_id IN (SELECT id FROM team WHERE organization_id = ?)", id)
	return rows
}

// awkward gives organization a values that are hard to keep.
func (w *world) awkward(t *testing.T) {
	t.Helper()
	for _, statement := range []string{
		`UPDATE product SET name = 'a "quoted" \ name' || char(10, 0, 31, 8232, 128512), description = CAST(x'ff00fe' AS TEXT), price = 9223372036854775807`,
		`UPDATE product SET sku = x'00ff', description = x'', price = -9223372036854775808 WHERE deleted_at IS NOT NULL`,
		`UPDATE product SET price = 0.1 + 0.2 WHERE sku IS NULL`,
		`UPDATE team SET member_count = 9e999 WHERE name = 'Sales'`,
		`UPDATE team SET member_count = 'many', updated_at = -1e-300 WHERE name = 'Support'`,
		`UPDATE organization_role SET permission = '' WHERE role = 'viewer'`,
	} {
		w.exec(t, statement)
	}
}

func (w *world) export(t *testing.T, id gen.OrganizationID) []byte {
	t.Helper()
	var archive bytes.Buffer
	if _, err := w.sys.ExportOrganization(t.Context(), id, &archive); err != nil {
		t.Fatal(err)
	}
	return archive.Bytes()
}

// elsewhere is a database with the users of this one, and nothing else.
func (w *world) elsewhere(t *testing.T) (*gen.System, *sql.DB) {
	t.Helper()
	store, db := open(t)
	sys := store.System("tests")
	for _, user := range must(w.sys.Users.All(t.Context())) {
		must(sys.Users.Create(t.Context(), gen.NewUser{Name: user.Name, Email: user.Email}.WithID(user.ID)))
	}
	return sys, db
}

var wantTables = []gen.TableRows{
	{Table: "organization", Rows: 1},
	{Table: "invitation", Rows: 2},
	{Table: "member", Rows: 3},
	{Table: "organization_role", Rows: 2},
	{Table: "product", Rows: 3},
	{Table: "team", Rows: 2},
	{Table: "team_member", Rows: 2},
}

func TestExportEraseImport(t *testing.T) {
	w := newWorld(t)
	w.awkward(t)
	before, mine, theirs := everything(t, w.db), belonging(t, w.db, w.a.id), belonging(t, w.db, w.b.id)

	var archive bytes.Buffer
	exported, err := w.sys.ExportOrganization(t.Context(), w.a.id, &archive)
	if err != nil || exported.ID != w.a.id || !slices.Equal(exported.Tables, wantTables) || exported.Total() != 15 || len(exported.SHA256) != 64 {
		t.Fatalf("export = %+v, %v", exported, err)
	}
	if after := everything(t, w.db); !reflect.DeepEqual(after, before) {
		t.Errorf("an export has changed the database to %v", after)
	}
	if strings.Contains(archive.String(), string(w.b.id)) || strings.Contains(archive.String(), "b.example") {
		t.Error("the archive holds something of the other organization")
	}

	erased, err := w.sys.EraseOrganization(t.Context(), w.a.id)
	if err != nil || erased.ID != w.a.id || !slices.Equal(erased.Tables, wantTables) || erased.SHA256 != "" {
		t.Errorf("erase = %+v, %v", erased, err)
	}
	for table, rows := range belonging(t, w.db, w.a.id) {
		if len(rows) != 0 {
			t.Errorf("after an erasure %s has %v", table, rows)
		}
	}
	if got := belonging(t, w.db, w.b.id); !reflect.DeepEqual(got, theirs) {
		t.Errorf("the erasure of one organization made of another %v", got)
	}

	sys, db := w.elsewhere(t)
	imported, err := sys.ImportOrganization(t.Context(), iotest.OneByteReader(bytes.NewReader(archive.Bytes())))
	if err != nil || !reflect.DeepEqual(imported, exported) {
		t.Fatalf("import = %+v, %v, want %+v", imported, err, exported)
	}
	if got := belonging(t, db, w.a.id); !reflect.DeepEqual(got, mine) {
		t.Errorf("elsewhere the organization is\n%v\nwant\n%v", got, mine)
	}

	must(w.sys.ImportOrganization(t.Context(), bytes.NewReader(archive.Bytes())))
	if after := everything(t, w.db); !reflect.DeepEqual(after, before) {
		t.Errorf("after erasure and import the database is\n%v\nwant\n%v", after, before)
	}
	var again bytes.Buffer
	if report := must(w.sys.ExportOrganization(t.Context(), w.a.id, &again)); report.SHA256 != exported.SHA256 || again.String() != archive.String() {
		t.Error("another export of the same is not the same")
	}
}

func TestImportRefuses(t *testing.T) {
	w := newWorld(t)
	archive := w.export(t, w.a.id)
	w.unchanged(t, func() {
		_, err := w.sys.ImportOrganization(t.Context(), bytes.NewReader(archive))
		wantError(t, err, gen.ErrConflict, "import organization: conflict with another row (organization.id)")
		_, err = w.sys.ImportOrganization(t.Context(), bytes.NewReader(archive), gen.NewIDs())
		wantError(t, err, gen.ErrConflict, "import organization: conflict with another row (organization.slug)")
		_, err = w.sys.ImportOrganization(t.Context(), bytes.NewReader(archive), gen.NewIDs(), gen.WithChanges(gen.Organizations.Slug.Set("copy")))
		wantError(t, err, gen.ErrConflict, "import team_member: conflict with another row (team_member.membership_key)")
		_, err = w.sys.ImportOrganization(t.Context(), bytes.NewReader(archive), gen.WithChanges(gen.Users.Name.Set("x")))
		wantError(t, err, gen.ErrInvalid, "import organization: invalid value (changes of rows that are no organization's)")
		_, err = w.sys.ImportOrganization(t.Context(), nil)
		wantError(t, err, gen.ErrInvalid, "import organization: invalid value (the reader is nil)")
		_, err = w.sys.ImportOrganization(t.Context(), iotest.ErrReader(errMine))
		if !errors.Is(err, errMine) {
			t.Errorf("import = %v, want the reader's error", err)
		}
	})
	must(w.sys.EraseOrganization(t.Context(), w.a.id))
	if err := w.sys.Users.Delete(t.Context(), w.a.member); err != nil {
		t.Fatal(err)
	}
	w.unchanged(t, func() {
		_, err := w.sys.ImportOrganization(t.Context(), bytes.NewReader(archive))
		wantError(t, err, gen.ErrReference, "import invitation: invalid reference (inviter_id)")
	})
	report, err := w.sys.ImportOrganization(t.Context(), bytes.NewReader(archive), gen.MapUsers(map[gen.UserID]gen.UserID{w.a.member: w.a.stranger}))
	if err != nil || report.ID != w.a.id {
		t.Errorf("import with another user = %+v, %v", report, err)
	}
	if _, err := w.store.Enter(t.Context(), w.a.stranger, w.a.id); err != nil {
		t.Errorf("Enter as the other user: %v", err)
	}
}

// TestDamagedArchives: whatever is missing or changed, nothing remains.
func TestDamagedArchives(t *testing.T) {
	w := newWorld(t)
	archive := string(w.export(t, w.a.id))
	must(w.sys.EraseOrganization(t.Context(), w.a.id))
	lines := strings.SplitAfter(archive, "\n")
	without := func(i int) string { return strings.Join(slices.Concat(lines[:i], lines[i+1:]), "") }
	rows := len(lines) - 3 // but for the header, the end and what follows the last line's end
	for name, damaged := range map[string]string{
		"nothing":            "",
		"no header":          without(0),
		"a row less":         without(5),
		"no end":             without(rows + 1),
		"half an end":        archive[:len(archive)-10],
		"another row's":      strings.Replace(archive, "Lamp", "Lump", 1),
		"a row twice":        strings.Join(slices.Concat(lines[:5], lines[4:]), ""),
		"rows the other way": strings.Join(slices.Concat(lines[:3], lines[4:5], lines[3:4], lines[5:]), ""),
		"more":               archive + "\n",
		"two archives":       archive + archive,
		"another table":      strings.Replace(archive, `["product"`, `["user"`, 1),
		"no table":           strings.Replace(archive, `["product",`, `[`, 1),
		"a value more":       strings.Replace(archive, "]\n", ",1]\n", 1),
		"another version":    strings.Replace(archive, `"archive":1`, `"archive":2`, 1),
		"another tenant":     strings.Replace(archive, `"tenant":"organization"`, `"tenant":"team"`, 1),
		"another id":         strings.ReplaceAll(archive, `"id":"`, `"id":"0`),
		"no id":              strings.Replace(archive, `"id":"`+string(w.a.id)+`"`, `"id":""`, 1),
		"HTML":               "<html>\n</html>\n",
	} {
		w.unchanged(t, func() {
			report, err := w.sys.ImportOrganization(t.Context(), strings.NewReader(damaged))
			if (!errors.Is(err, gen.ErrInvalid) && !errors.Is(err, gen.ErrConflict)) || !reflect.ValueOf(report).IsZero() {
				t.Errorf("%s: import = %+v, %v, want ErrInvalid", name, report, err)
			}
		})
	}
	for cut := 0; cut < len(archive); cut += 13 {
		if _, err := w.sys.ImportOrganization(t.Context(), strings.NewReader(archive[:cut])); !errors.Is(err, gen.ErrInvalid) {
			t.Fatalf("%d of %d bytes: %v, want ErrInvalid", cut, len(archive), err)
		}
	}
	must(w.sys.ImportOrganization(t.Context(), strings.NewReader(archive)))
}

// TestArchiveOfAnotherSchema: the error names the column.
func TestArchiveOfAnotherSchema(t *testing.T) {
	w := newWorld(t)
	archive := string(w.export(t, w.a.id))
	must(w.sys.EraseOrganization(t.Context(), w.a.id))
	for _, c := range []struct{ old, changed, table, column string }{
		{`"price INTEGER NOT NULL"`, `"price REAL NOT NULL"`, "product", "price"},
		{`"price INTEGER NOT NULL",`, ``, "product", "price"},
		{`"price INTEGER NOT NULL",`, `"price INTEGER NOT NULL","tax INTEGER",`, "product", "tax"},
		{`{"table":"team","fingerprint"`, `{"table":"crew","fingerprint"`, "crew", ""},
	} {
		_, err := w.sys.ImportOrganization(t.Context(), strings.NewReader(strings.Replace(archive, c.old, c.changed, 1)))
		want := "import " + c.table + ": invalid value: the archive is of another schema"
		if c.column != "" {
			want += " (" + c.column + ")"
		}
		wantError(t, err, gen.ErrInvalid, want)
	}
}

// TestForgedArchive: an archive with a right checksum still does not write a
// row of another organization's, or name one.
func TestForgedArchive(t *testing.T) {
	w := newWorld(t)
	archive := string(w.export(t, w.a.id))
	must(w.sys.EraseOrganization(t.Context(), w.a.id))
	for name, forged := range map[string]string{
		"a product of theirs":     strings.Replace(archive, `"`+string(w.a.id)+`","Lamp"`, `"`+string(w.b.id)+`","Lamp"`, 1),
		"a member of their team":  strings.Replace(archive, `"`+string(w.a.team)+`","`+string(w.a.member)+`"`, `"`+string(w.b.team)+`","`+string(w.a.member)+`"`, 1),
		"a product of nobody's":   strings.Replace(archive, `"`+string(w.a.id)+`","Lamp"`, `"nobody","Lamp"`, 1),
		"no organization":         regexp.MustCompile(`\["(organization|invitation|member|organization_role|product|team|team_member)",.*\n`).ReplaceAllString(strings.NewReplacer(`"rows":1`, `"rows":0`, `"rows":2`, `"rows":0`, `"rows":3`, `"rows":0`).Replace(archive), ""),
		"their organization's id": strings.ReplaceAll(archive, string(w.a.id), string(w.b.id)),
	} {
		if forged == archive {
			t.Fatalf("%s: nothing is forged", name)
		}
		w.unchanged(t, func() {
			if report, err := w.sys.ImportOrganization(t.Context(), strings.NewReader(resealed(forged))); err == nil {
				t.Errorf("%s: import = %+v", name, report)
			}
		})
	}
	lines := strings.SplitAfter(archive, "\n")
	slices.Reverse(lines[1 : len(lines)-2]) // rows may come in any order
	if report := must(w.sys.ImportOrganization(t.Context(), strings.NewReader(resealed(strings.Join(lines, ""))))); !slices.Equal(report.Tables, wantTables) {
		t.Errorf("import = %+v", report)
	}
}

func TestClone(t *testing.T) {
	w := newWorld(t)
	w.exec(t, `UPDATE team_member SET membership_key = NULL`)
	archive := w.export(t, w.a.id)
	before := everything(t, w.db)
	report, err := w.sys.ImportOrganization(t.Context(), bytes.NewReader(archive), gen.NewIDs(),
		gen.WithChanges(gen.Organizations.Slug.Set("copy"), gen.Organizations.Name.Set("Copy")), gen.WithChanges(gen.Teams.Name.Set("Renamed")))
	if err != nil || report.ID == w.a.id || !slices.Equal(report.Tables, wantTables) {
		t.Fatalf("import = %+v, %v", report, err)
	}
	for table, rows := range before {
		after := asStored(t, w.db, table, "TRUE")
		for _, row := range rows {
			if !slices.Contains(after, row) {
				t.Errorf("a row of %s is no longer as it was: %s", table, row)
			}
		}
	}
	scope := must(w.store.Enter(t.Context(), w.a.owner, report.ID))
	copied := must(scope.Organization(t.Context(), gen.Organizations.Members, gen.Organizations.Products, gen.Organizations.Teams.With(gen.Teams.Members)))
	if copied.Name != "Copy" || copied.Slug != "copy" || len(copied.Members) != 3 || len(copied.Products) != 2 || len(copied.Teams) != 2 || len(copied.Teams[0].Members)+len(copied.Teams[1].Members) != 2 || copied.Teams[1].Name != "Renamed" {
		t.Errorf("the copy is %+v", copied)
	}
	if left := texts(t, w.db, "SELECT name FROM sqlite_temp_master"); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	must(w.sys.EraseOrganization(t.Context(), report.ID))
	if after := everything(t, w.db); !reflect.DeepEqual(after, before) {
		t.Errorf("after the copy is erased the database is %v", after)
	}
}

// failingWriter fails after some bytes.
type failingWriter struct{ left int }

func (f *failingWriter) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, errMine
	}
	return len(p), nil
}

func TestExportFails(t *testing.T) {
	w := newWorld(t)
	for _, left := range []int{0, 100} {
		report, err := w.sys.ExportOrganization(t.Context(), w.a.id, &failingWriter{left})
		if !errors.Is(err, errMine) || !reflect.ValueOf(report).IsZero() {
			t.Errorf("export = %+v, %v, want the writer's error", report, err)
		}
	}
	_, err := w.sys.ExportOrganization(t.Context(), w.a.id, nil)
	wantError(t, err, gen.ErrInvalid, "export organization: invalid value (the writer is nil)")
	for _, id := range []gen.OrganizationID{"", "missing", "%"} {
		_, err := w.sys.ExportOrganization(t.Context(), id, io.Discard)
		wantError(t, err, gen.ErrNotFound, "export organization: not found")
		_, err = w.sys.EraseOrganization(t.Context(), id)
		wantError(t, err, gen.ErrNotFound, "erase organization: not found")
	}
}

// cancelling is a reader or a writer that ends a context half-way.
type cancelling struct {
	io.Reader
	cancel context.CancelFunc
	left   int
}

func (c *cancelling) Read(p []byte) (int, error) {
	if c.left--; c.left == 0 {
		c.cancel()
	}
	return c.Reader.Read(p[:min(len(p), 100)])
}

func TestTenantLifeOfACanceledContext(t *testing.T) {
	w := newWorld(t)
	archive := w.export(t, w.a.id)
	must(w.sys.EraseOrganization(t.Context(), w.a.id))
	for left := range 40 {
		ctx, cancel := context.WithCancel(t.Context())
		w.unchanged(t, func() {
			_, err := w.sys.ImportOrganization(ctx, &cancelling{bytes.NewReader(archive), cancel, left + 1})
			if !errors.Is(err, context.Canceled) {
				t.Errorf("import after %d reads: %v, want context.Canceled", left, err)
			}
		})
		w.unchanged(t, func() {
			if _, err := w.sys.EraseOrganization(ctx, w.b.id); !errors.Is(err, context.Canceled) {
				t.Errorf("erase: %v, want context.Canceled", err)
			}
			if _, err := w.sys.ExportOrganization(ctx, w.b.id, io.Discard); !errors.Is(err, context.Canceled) {
				t.Errorf("export: %v, want context.Canceled", err)
			}
		})
		cancel()
	}
}

// TestEraseRefuses: no row of another organization's may be left without what
// it names, as only statements past the generated code can have made one.
func TestEraseRefuses(t *testing.T) {
	w := newWorld(t)
	w.exec(t, `CREATE TABLE unknown (team_id TEXT REFERENCES team (id))`)
	w.exec(t, `INSERT INTO unknown VALUES (?)`, w.a.team)
	w.unchanged(t, func() {
		if _, err := w.sys.EraseOrganization(t.Context(), w.a.id); !errors.Is(err, gen.ErrReference) {
			t.Errorf("erase = %v, want ErrReference", err)
		}
	})
}

// TestImportWithTriggers: what triggers of the schema make of the rows of an
// archive is no import of it, unless it is what was asked for.
func TestImportWithTriggers(t *testing.T) {
	const (
		counting = `CREATE TRIGGER own AFTER INSERT ON team_member BEGIN UPDATE team SET member_count = member_count + 1 WHERE id = NEW.team_id; END`
		copying  = `CREATE TRIGGER own AFTER INSERT ON team_member BEGIN INSERT INTO product (id, organization_id, name, price, created_at, updated_at)
			SELECT 'of ' || NEW.id, organization_id, 'T-shirt', 1, 1, 1 FROM team WHERE id = NEW.team_id; END`
		renaming = `CREATE TRIGGER own AFTER INSERT ON product BEGIN UPDATE product SET name = name || '!' WHERE organization_id = NEW.organization_id AND name = 'Lamp'; END`
		removing = `CREATE TRIGGER own AFTER INSERT ON team_member BEGIN DELETE FROM product WHERE name = 'Lamp'; END`
		ignoring = `CREATE TRIGGER own BEFORE INSERT ON product BEGIN SELECT RAISE(IGNORE); END`
		moving   = `CREATE TRIGGER own AFTER INSERT ON team_member BEGIN UPDATE product SET organization_id = (SELECT id FROM organization WHERE name = 'Borealis') WHERE name = 'Table'; END`
	)
	for _, c := range []struct{ trigger, want string }{
		{counting, "import team: invalid value: rows are not stored as imported: a trigger of the schema has changed them"},
		{copying, "import product: invalid value: there are more rows than in the archive: a trigger of the schema has written them"},
		{renaming, "import product: invalid value: rows are not stored as imported: a trigger of the schema has changed them"},
		{removing, "import product: invalid value: a row of the archive is of another organization, or a trigger of the schema has removed it"},
		{ignoring, "import product: invalid value: a row of the archive is of another organization, or a trigger of the schema has removed it"},
		{moving, "import product: invalid value: a row of the archive is of another organization, or a trigger of the schema has removed it"},
	} {
		w := newWorld(t)
		w.exec(t, `UPDATE team_member SET membership_key = NULL`)
		w.exec(t, `UPDATE organization SET name = 'Borealis' WHERE id = ?`, w.b.id)
		archive := w.export(t, w.a.id)
		must(w.sys.EraseOrganization(t.Context(), w.a.id))
		w.exec(t, c.trigger)
		w.unchanged(t, func() {
			for _, options := range [][]gen.ImportOption{
				nil,
				{gen.NewIDs()},
				{gen.WithChanges(gen.Organizations.Slug.Set("other"))},
				{gen.MapUsers(map[gen.UserID]gen.UserID{w.a.member: w.a.stranger})},
			} {
				_, err := w.sys.ImportOrganization(t.Context(), bytes.NewReader(archive), options...)
				wantError(t, err, gen.ErrInvalid, c.want)
			}
		})
		w.exec(t, `DROP TRIGGER own`)
		must(w.sys.ImportOrganization(t.Context(), bytes.NewReader(archive)))
	}

	// Columns that are changed on purpose may change again.
	w := newWorld(t)
	w.exec(t, `UPDATE team SET member_count = (SELECT count(*) FROM team_member WHERE team_id = team.id)`)
	archive, before := w.export(t, w.a.id), belonging(t, w.db, w.a.id)
	w.exec(t, counting)
	must(w.sys.EraseOrganization(t.Context(), w.a.id))
	must(w.sys.ImportOrganization(t.Context(), bytes.NewReader(archive), gen.WithChanges(gen.Teams.MemberCount.Set(0))))
	if after := belonging(t, w.db, w.a.id); !reflect.DeepEqual(after, before) {
		t.Errorf("with the counts of a trigger there is\n%v\nwant\n%v", after, before)
	}
}

// TestHistoryTriggers: rows that triggers of the schema have written are in
// the archive, and they write them again.
func TestHistoryTriggers(t *testing.T) {
	const (
		product = ` BEGIN INSERT INTO product (id, organization_id, name, price, created_at, updated_at) VALUES (`
		early   = `CREATE TRIGGER own AFTER INSERT ON member` + product + `'of ' || NEW.id, NEW.organization_id, 'Badge', 1, 1, 1); END`
		late    = `CREATE TRIGGER own AFTER INSERT ON team` + product + `'of ' || NEW.id, NEW.organization_id, 'T-shirt', 1, 1, 1); END`
	)
	for _, trigger := range []string{early, late} {
		w := newWorld(t)
		w.exec(t, trigger)
		w.exec(t, `INSERT INTO member (id, organization_id, user_id, created_at) VALUES ('late', ?, ?, 1)`, w.a.id, w.a.stranger)
		w.exec(t, `INSERT INTO team (id, organization_id, name, created_at, updated_at) VALUES ('late', ?, 'Late', 1, 1)`, w.a.id)
		archive, before := w.export(t, w.a.id), everything(t, w.db)
		must(w.sys.EraseOrganization(t.Context(), w.a.id))
		w.unchanged(t, func() {
			_, err := w.sys.ImportOrganization(t.Context(), bytes.NewReader(archive))
			wantError(t, err, gen.ErrConflict, "import product: conflict with another row: a trigger of the schema has written rows of this table (product.id)")
		})
		w.exec(t, `DROP TRIGGER own`)
		must(w.sys.ImportOrganization(t.Context(), bytes.NewReader(archive)))
		if after := everything(t, w.db); !reflect.DeepEqual(after, before) {
			t.Errorf("after erasure and import the database is\n%v\nwant\n%v", after, before)
		}
	}
}

// TestEraseWithTriggers: what triggers of the schema write while an
// organization is erased goes too, as long as it does not come back each time.
func TestEraseWithTriggers(t *testing.T) {
	const again = ` INSERT INTO organization_role (id, organization_id, role, permission, created_at)
		VALUES ('of ' || OLD.id, OLD.organization_id, 'was ' || OLD.id, '{}', 1); END`
	w := newWorld(t)
	theirs := belonging(t, w.db, w.b.id)
	w.exec(t, `CREATE TRIGGER own AFTER DELETE ON product BEGIN`+again)
	w.exec(t, `CREATE TRIGGER own_too BEFORE DELETE ON member BEGIN`+again)
	report := must(w.sys.EraseOrganization(t.Context(), w.a.id))
	if !slices.Equal(report.Tables, wantTables) {
		t.Errorf("erased %+v", report)
	}
	for table, rows := range belonging(t, w.db, w.a.id) {
		if len(rows) != 0 {
			t.Errorf("after an erasure %s has %v", table, rows)
		}
	}
	if got := belonging(t, w.db, w.b.id); !reflect.DeepEqual(got, theirs) {
		t.Errorf("the erasure of one organization made of another %v", got)
	}

	w.exec(t, `CREATE TRIGGER own_again AFTER DELETE ON organization BEGIN
		INSERT INTO product (id, organization_id, name, price, created_at, updated_at) VALUES ('last', OLD.id, 'Last', 1, 1, 1); END`)
	w.unchanged(t, func() {
		_, err := w.sys.EraseOrganization(t.Context(), w.b.id)
		wantError(t, err, gen.ErrReference, "erase product: invalid reference: a trigger of the schema has written rows of this table again")
	})
}

// TestTenantLifeInATransaction: a move within a transaction is undone with it.
func TestTenantLifeInATransaction(t *testing.T) {
	w := newWorld(t)
	w.exec(t, `UPDATE team_member SET membership_key = NULL`)
	w.unchanged(t, func() {
		err := w.sys.InTx(t.Context(), func(tx *gen.System) error {
			var archive bytes.Buffer
			must(tx.ExportOrganization(t.Context(), w.a.id, &archive))
			must(tx.EraseOrganization(t.Context(), w.a.id))
			for slug := range 3 {
				must(tx.ImportOrganization(t.Context(), bytes.NewReader(archive.Bytes()), gen.NewIDs(),
					gen.WithChanges(gen.Organizations.Slug.Set(fmt.Sprint("copy", slug)))))
			}
			if _, err := tx.ImportOrganization(t.Context(), bytes.NewReader(archive.Bytes()[:archive.Len()/2])); !errors.Is(err, gen.ErrInvalid) {
				t.Errorf("import of half an archive: %v", err)
			}
			if n := must(tx.Organizations.Where().Count(t.Context())); n != 4 {
				t.Errorf("%d organizations, want 4", n)
			}
			return errMine
		})
		if !errors.Is(err, errMine) {
			t.Error(err)
		}
	})
}

// resealed gives an archive the checksum that it should have.
func resealed(archive string) string {
	end := strings.LastIndex(strings.TrimSuffix(archive, "\n"), "\n") + 1
	sum := fmt.Sprintf("%x", sha256.Sum256([]byte(archive[:end])))
	return archive[:end] + regexp.MustCompile(`"sha256":"[0-9a-f]*"`).ReplaceAllString(archive[end:], `"sha256":"`+sum+`"`)
}
