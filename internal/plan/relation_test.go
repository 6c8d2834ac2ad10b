package plan

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/config"
	"github.com/rowhouse/rowhouse/internal/tenancy"
)

// arrow describes a relation: Members []TeamMember id=team_id.
func arrow(r *Relation) string {
	text := r.Field + " *"
	if r.Many {
		text = r.Field + " []"
	}
	text += r.Target.Row + " " + pairs(r.From, r.To)
	if r.Through != nil {
		text += " " + r.Through.Table.Name + " " + pairs(r.Through.From, r.Through.To)
	}
	return text
}

func pairs(from, to []*Column) string {
	var list []string
	for i, c := range from {
		list = append(list, c.Name+"="+to[i].Name)
	}
	return strings.Join(list, ",")
}

// flags are what is said of a relation besides where it leads.
func flags(r *Relation) string {
	var list []string
	for _, flag := range []struct {
		name string
		set  bool
	}{
		{"exact", r.Exact},
		{"implied", r.Implied},
		{"owned", r.Owned},
		{"then exact", r.Through != nil && r.Through.Exact},
		{"then implied", r.Through != nil && r.Through.Implied},
		{"system only", r.SystemOnly},
		{"crosses tenants", r.CrossesTenants},
	} {
		if flag.set {
			list = append(list, flag.name)
		}
	}
	return strings.Join(list, ", ")
}

// relationsOf describes the relations of a table of a plan, each by describe.
func relationsOf(p *Plan, table string, describe func(*Relation) string) string {
	var lines []string
	for _, t := range p.Tables {
		if t.Name != table {
			continue
		}
		for _, r := range t.Relations {
			lines = append(lines, describe(r))
		}
	}
	return strings.Join(lines, "\n")
}

func field(r *Relation) string { return r.Field }

// relation makes the option for one key.
func relation(key string, option config.RelationOptions) func(*config.Options) {
	return func(o *config.Options) { o.Relations = map[string]config.RelationOptions{key: option} }
}

// The schema that every project starts with.
func TestRelationsOfTheBase(t *testing.T) {
	paths, err := filepath.Glob("../../schema/*.sql")
	if err != nil || len(paths) == 0 {
		t.Fatal(paths, err)
	}
	var files []atlas.File
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, atlas.File{Name: filepath.Base(path), Text: string(text)})
	}
	schema, err := atlas.Replay(t.Context(), files)
	if err != nil {
		t.Fatal(err)
	}
	options := config.Default()
	options.GlobalTables = []string{"rate_limit"}
	owners, problems := tenancy.Classify(schema, options)
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	p, err := New(Input{Schema: schema, Owners: owners, Options: options})
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for _, table := range p.Tables {
		got.WriteString(table.Name + "\n")
		for _, r := range table.Relations {
			got.WriteString("\t" + arrow(r) + "; " + flags(r) + "\n")
		}
	}
	if got.String() != relationsOfTheBase {
		t.Errorf("got\n%s\nwant\n%s", got.String(), relationsOfTheBase)
	}
}

const relationsOfTheBase = `identity
	User *User user_id=id; exact
invitation
	Organization *Organization organization_id=id; exact, implied
	Inviter *User inviter_id=id; exact
member
	Organization *Organization organization_id=id; exact, implied
	User *User user_id=id; exact
organization
	Invitations []Invitation id=organization_id; exact, implied, crosses tenants
	Members []Member id=organization_id; exact, implied, crosses tenants
	Roles []OrganizationRole id=organization_id; exact, implied, crosses tenants
	Products []Product id=organization_id; exact, implied, crosses tenants
	Teams []Team id=organization_id; exact, implied, crosses tenants
	Users []User id=organization_id member user_id=id; exact, implied, then exact, crosses tenants
organization_role
	Organization *Organization organization_id=id; exact, implied
product
	Organization *Organization organization_id=id; exact, implied
	Creator *User created_by=id; exact
	Updater *User updated_by=id; exact
rate_limit
session
	User *User user_id=id; exact
team
	Organization *Organization organization_id=id; exact, implied
	Members []TeamMember id=team_id; exact, owned
team_member
	Team *Team team_id=id; exact, owned
	User *User user_id=id; exact
user
	Identities []Identity id=user_id; exact, system only
	Invitations []Invitation id=inviter_id; exact, crosses tenants
	Members []Member id=user_id; exact, crosses tenants
	CreatedProducts []Product id=created_by; exact, crosses tenants
	UpdatedProducts []Product id=updated_by; exact, crosses tenants
	Sessions []Session id=user_id; exact, system only
	TeamMembers []TeamMember id=user_id; exact, crosses tenants
	Organizations []Organization id=user_id member organization_id=id; exact, then exact, then implied, crosses tenants
verification
`

// tenantOwned is the tenant column of a table.
const tenantOwned = "organization_id TEXT NOT NULL REFERENCES organization (id)"

// team and parent are tables for others to reference.
const (
	teamTable   = "CREATE TABLE team (id TEXT NOT NULL PRIMARY KEY, " + tenantOwned + ", UNIQUE (organization_id, id));\n"
	parentTable = "CREATE TABLE parent (id TEXT NOT NULL PRIMARY KEY, code TEXT NOT NULL UNIQUE, " + tenantOwned + ", UNIQUE (organization_id, id));\n"
)

// What a key's own table calls the row that it names.
func TestForwardNames(t *testing.T) {
	for _, c := range []struct {
		name, columns string // of the table thing
		set           func(*config.Options)
		want          string
	}{
		{"by the column", "assignee_id TEXT REFERENCES user (id)", nil, "Assignee *User assignee_id=id"},
		{"by the column in another spelling", `"assigneeId" TEXT REFERENCES user (id)`, nil, "Assignee *User assigneeId=id"},
		{"by the column without what it references", "parent_code TEXT REFERENCES parent (code)", nil, "Parent *Parent parent_code=code"},
		{"the column is what it references", "code TEXT REFERENCES parent (code)", nil, "Parent *Parent code=code"},
		{"initialisms", "api_id TEXT REFERENCES parent (id)", nil, "API *Parent api_id=id"},
		{"who made and changed it", "created_by TEXT REFERENCES user (id), updated_by TEXT REFERENCES user (id)", nil, "Creator *User created_by=id\nUpdater *User updated_by=id"},
		{"who made it, a member", "created_by TEXT REFERENCES member (id)", nil, "Creator *Member created_by=id"},
		{"who made it, by an option", "author_id TEXT REFERENCES user (id)", func(o *config.Options) { o.Audit.CreatedBy = "author_id" }, "Creator *User author_id=id"},
		{"not who made it", "created_by TEXT REFERENCES user (id)", func(o *config.Options) { o.Audit.CreatedBy = "" }, "CreatedByUser *User created_by=id"},
		{"itself", "parent_id TEXT REFERENCES thing (id)", nil, "Parent *Thing parent_id=id\nThings []Thing id=parent_id"},

		{"the column has the name", "author TEXT REFERENCES user (id)", nil, "AuthorUser *User author=id"},
		{"and is called like the table", "parent TEXT REFERENCES parent (id)", nil, "ParentRow *Parent parent=id"},
		{"another column has the name", "assignee TEXT, assignee_id TEXT REFERENCES user (id)", nil, "AssigneeUser *User assignee_id=id"},
		{"two columns have the names", "assignee TEXT, assignee_user TEXT, assignee_id TEXT REFERENCES user (id)", nil, "AssigneeRow *User assignee_id=id"},
		{"the column has another name", "author TEXT REFERENCES user (id)", func(o *config.Options) {
			o.Columns, o.JSONCase = map[string]config.ColumnOptions{"thing.author": {Name: "AuthorID"}}, config.JSONSnake
		}, "AuthorUser *User author=id"}, // its JSON is "author" all the same
		{"a column of another kind has the JSON", "assignee TEXT, assignee_id TEXT REFERENCES user (id)", func(o *config.Options) {
			o.Columns = map[string]config.ColumnOptions{"thing.assignee": {Name: "Name"}}
		}, "AssigneeUser *User assignee_id=id"},
		{"an option", "assignee_id TEXT REFERENCES user (id)", relation("THING.Assignee_ID", config.RelationOptions{Name: "Worker"}), "Worker *User assignee_id=id"},
		{
			"an option before what follows by itself", "owner_id TEXT REFERENCES user (id), worker_id TEXT REFERENCES member (id)", relation("thing.worker_id", config.RelationOptions{Name: "Owner"}),
			"OwnerUser *User owner_id=id\nOwner *Member worker_id=id",
		},

		{"several columns", "parent_id TEXT, FOREIGN KEY (organization_id, parent_id) REFERENCES parent (organization_id, id)", nil, "Parent *Parent organization_id=organization_id,parent_id=id"},
		{"the tenant last", "parent_id TEXT, FOREIGN KEY (parent_id, organization_id) REFERENCES parent (id, organization_id)", nil, "Parent *Parent parent_id=id,organization_id=organization_id"},
		{"the same row by one column and by two", "parent_id TEXT REFERENCES parent (id), FOREIGN KEY (organization_id, parent_id) REFERENCES parent (organization_id, id)", nil, "Parent *Parent parent_id=id"},
		{"in either order", "parent_id TEXT, FOREIGN KEY (organization_id, parent_id) REFERENCES parent (organization_id, id), FOREIGN KEY (parent_id) REFERENCES parent (id)", nil, "Parent *Parent parent_id=id"},
		{"twice", "parent_id TEXT REFERENCES parent (id) REFERENCES parent (id)", nil, "Parent *Parent parent_id=id"},
		{"one column, two tables", "owner_id TEXT REFERENCES user (id) REFERENCES parent (id)", nil, "Owner *User owner_id=id\nOwnerParent *Parent owner_id=id"},
		{
			"the key of fewer columns first", "owner_id TEXT REFERENCES user (id), FOREIGN KEY (organization_id, owner_id) REFERENCES parent (organization_id, id)", nil,
			"Owner *User owner_id=id\nOwnerParent *Parent organization_id=organization_id,owner_id=id",
		},
		{
			"which an option is for", "owner_id TEXT REFERENCES user (id) REFERENCES parent (id)", relation("thing.owner_id", config.RelationOptions{Name: "Keeper"}),
			"Keeper *User owner_id=id\nOwnerParent *Parent owner_id=id",
		},
		{"one column, two columns of a table", "owner_id TEXT REFERENCES parent (id) REFERENCES parent (code)", nil, "Owner *Parent owner_id=id\nOwnerParent *Parent owner_id=code"},
	} {
		p, err := planOf(t, parentTable+owned(c.columns), c.set)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		got := relationsOf(p, "thing", arrow)
		if want := "Organization *Organization organization_id=id\n" + c.want; got != want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, want)
		}
	}
}

// What a table calls the rows that reference it.
func TestReverseNames(t *testing.T) {
	table := func(name, columns string) string {
		return "CREATE TABLE " + name + " (key TEXT NOT NULL PRIMARY KEY, " + tenantOwned + ", " + columns + ");\n"
	}
	const toTeam = "team_id TEXT REFERENCES team (id)"
	for _, c := range []struct {
		name, schema string
		set          func(*config.Options)
		want         string // of the table team, without the organization
	}{
		{"the plural", table("task", toTeam), nil, "Tasks []Task id=team_id"},
		{"of what is plural", table("tasks", toTeam), nil, "Tasks []Task id=team_id"},
		{"of what has none", table("equipment", toTeam), nil, "Equipment []Equipment id=team_id"},
		{"of a name that rowhouse has", table("query", toTeam), nil, "Queries []Query id=team_id"},
		{"without the table's name", table("team_task", toTeam), nil, "Tasks []TeamTask id=team_id"},
		{"without the table's name in another spelling", table(`"TeamTask"`, toTeam), nil, "Tasks []TeamTask id=team_id"},
		{"only whole words", table("teamster", toTeam), nil, "Teamsters []Teamster id=team_id"},
		{"unless a table has that name", table("task", toTeam) + table("team_task", toTeam), nil, "Tasks []Task id=team_id\nTeamTasks []TeamTask id=team_id"},
		{"in either order", table("team_task", toTeam) + table("task", toTeam), nil, "TeamTasks []TeamTask id=team_id\nTasks []Task id=team_id"},
		{"that is related", table("task", "x TEXT") + table("team_task", toTeam), nil, "Tasks []TeamTask id=team_id"},

		{"several keys", table("task", "assignee_id TEXT REFERENCES team (id), reviewer_id TEXT REFERENCES team (id)"), nil, "AssigneeTasks []Task id=assignee_id\nReviewerTasks []Task id=reviewer_id"},
		{"one of them by the table's own name", table("team_task", toTeam+", former_team_id TEXT REFERENCES team (id)"), nil, "Tasks []TeamTask id=team_id\nFormerTeamTasks []TeamTask id=former_team_id"},
		{"who did", table("task", "assigned_by TEXT REFERENCES team (id), reviewed_by TEXT REFERENCES team (id)"), nil, "AssignedTasks []Task id=assigned_by\nReviewedTasks []Task id=reviewed_by"},
		{"who made and changed", table("task", "created_by TEXT REFERENCES team (id), updated_by TEXT REFERENCES team (id)"), nil, "CreatedTasks []Task id=created_by\nUpdatedTasks []Task id=updated_by"},
		{
			"who made by an option", table("task", "author_id TEXT REFERENCES team (id), editor_id TEXT REFERENCES team (id)"), func(o *config.Options) { o.Audit.CreatedBy = "author_id" },
			"CreatedTasks []Task id=author_id\nEditorTasks []Task id=editor_id",
		},
		{"the only one who made", table("task", "created_by TEXT REFERENCES team (id)"), nil, "Tasks []Task id=created_by"},
		{
			"after an option", table("task", "assignee_id TEXT REFERENCES team (id), reviewer_id TEXT REFERENCES team (id)"), relation("task.assignee_id", config.RelationOptions{Name: "Worker"}),
			"WorkerTasks []Task id=assignee_id\nReviewerTasks []Task id=reviewer_id",
		},
		{"an option", table("task", toTeam), relation("task.team_id", config.RelationOptions{Reverse: "Work"}), "Work []Task id=team_id"},
		{
			"an option before what follows by itself", table("job", toTeam) + table("task", toTeam), relation("task.team_id", config.RelationOptions{Reverse: "Jobs"}),
			"TeamJobs []Job id=team_id\nJobs []Task id=team_id",
		},

		{"one by the primary key", "CREATE TABLE team_profile (id TEXT NOT NULL PRIMARY KEY REFERENCES team (id));", nil, "Profile *TeamProfile id=id"},
		{"one by the rowid", "CREATE TABLE job (id INTEGER PRIMARY KEY, team_id TEXT REFERENCES team (id), " + tenantOwned + ");CREATE TABLE log (id INTEGER PRIMARY KEY REFERENCES job (id))", nil, "Jobs []Job id=team_id"},
		{"one by a unique column", table("task", toTeam+" UNIQUE"), nil, "Task *Task id=team_id"},
		{"many by a column that is unique with the tenant", table("task", toTeam+", UNIQUE (team_id, organization_id)"), nil, "Tasks []Task id=team_id"},
		{"one by two columns", table("task", "team_id TEXT, UNIQUE (organization_id, team_id), FOREIGN KEY (organization_id, team_id) REFERENCES team (organization_id, id)"), nil, "Task *Task organization_id=organization_id,id=team_id"},
		{"many by the second of them alone", table("task", "team_id TEXT UNIQUE, FOREIGN KEY (organization_id, team_id) REFERENCES team (organization_id, id)"), nil, "Tasks []Task organization_id=organization_id,id=team_id"},
		{"one by a primary key of two columns", "CREATE TABLE task (" + tenantOwned + ", team_id TEXT NOT NULL, PRIMARY KEY (team_id, organization_id), FOREIGN KEY (organization_id, team_id) REFERENCES team (organization_id, id))", nil, "Task *Task organization_id=organization_id,id=team_id"},
		{"many by a primary key with the tenant", "CREATE TABLE task (" + tenantOwned + ", " + "team_id TEXT NOT NULL REFERENCES team (id), PRIMARY KEY (organization_id, team_id))", nil, "Tasks []Task id=team_id"},
		{"many by some", table("task", toTeam+", state TEXT, UNIQUE (team_id, state)"), nil, "Tasks []Task id=team_id"},
		{"many by an expression", table("task", toTeam+");CREATE UNIQUE INDEX i ON task (lower(team_id)"), nil, "Tasks []Task id=team_id"},
		{"many by part of the rows", table("task", toTeam+", deleted_at INTEGER") + "CREATE UNIQUE INDEX i ON task (team_id) WHERE deleted_at IS NULL", nil, "Tasks []Task id=team_id"},
		{"one by a collation that takes more for equal", table("task", toTeam+");CREATE UNIQUE INDEX i ON task (team_id COLLATE NOCASE"), nil, "Task *Task id=team_id"},
		{"many by one that takes less", table("task", "team_id TEXT COLLATE NOCASE REFERENCES team (id));CREATE UNIQUE INDEX i ON task (team_id COLLATE BINARY"), nil, "Tasks []Task id=team_id"},
		{"many where equal is not the same", table("task", "team_id INTEGER UNIQUE REFERENCES team (id)"), nil, "Tasks []Task id=team_id"},
		{"many among shared rows", "CREATE TABLE task (id TEXT NOT NULL PRIMARY KEY, organization_id TEXT REFERENCES organization (id), " + toTeam + ", UNIQUE (organization_id, team_id))", func(o *config.Options) { o.SharedTables = []string{"task"} }, "Tasks []Task id=team_id"},
		{"several, one each", table("task", "lead_id TEXT UNIQUE REFERENCES team (id), team_id TEXT UNIQUE REFERENCES team (id)"), nil, "LeadTask *Task id=lead_id\nTask *Task id=team_id"},
	} {
		p, err := planOf(t, teamTable+c.schema, c.set)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got, want := relationsOf(p, "team", arrow), "Organization *Organization organization_id=id\n"+c.want; got != want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, want)
		}
	}
}

// A reverse name that is taken gives way.
func TestReverseNamesGiveWay(t *testing.T) {
	for _, c := range []struct{ name, columns, want string }{
		{"to a column", "things TEXT, parent_id TEXT REFERENCES thing (id)", "Organization Parent ParentThings"},
		{"to two columns", "things TEXT, parent_things TEXT, parent_id TEXT REFERENCES thing (id)", ""},
		{"to a forward name", "things_id TEXT REFERENCES thing (id)", "Organization Things ThingsThings"},
	} {
		p, err := planOf(t, owned(c.columns), nil)
		if (err == nil) != (c.want != "") {
			t.Errorf("%s: %v", c.name, err)
		}
		if err != nil {
			continue
		}
		if got := strings.ReplaceAll(relationsOf(p, "thing", field), "\n", " "); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}

	// The whole name is left where the short one and the prefixed one are gone.
	p, err := planOf(t, "CREATE TABLE team (id TEXT NOT NULL PRIMARY KEY, "+tenantOwned+", tasks TEXT, lead_tasks TEXT);\n"+
		"CREATE TABLE team_task (id TEXT NOT NULL PRIMARY KEY, "+tenantOwned+", lead_id TEXT REFERENCES team (id))", nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := relationsOf(p, "team", field); got != "Organization\nLeadTeamTasks" {
		t.Error(got)
	}
}

// Tables whose rows pair those of two others.
func TestJoinTables(t *testing.T) {
	const tables = "CREATE TABLE product (id TEXT NOT NULL PRIMARY KEY, " + tenantOwned + ", UNIQUE (organization_id, id));\n" +
		"CREATE TABLE tag (id TEXT NOT NULL PRIMARY KEY, " + tenantOwned + ", UNIQUE (organization_id, id));\n"
	const legs = "product_id TEXT NOT NULL REFERENCES product (id), tag_id TEXT NOT NULL REFERENCES tag (id)"
	for _, c := range []struct {
		name, schema string
		product, tag string // without the organization
	}{
		{
			"by the primary key", "CREATE TABLE product_tag (" + legs + ", PRIMARY KEY (product_id, tag_id))",
			"ProductTags []ProductTag id=product_id\nTags []Tag id=product_id product_tag tag_id=id",
			"ProductTags []ProductTag id=tag_id\nProducts []Product id=tag_id product_tag product_id=id",
		},
		{
			"by another name", "CREATE TABLE label (" + legs + ", PRIMARY KEY (product_id, tag_id))",
			"Labels []Label id=product_id\nTags []Tag id=product_id label tag_id=id",
			"Labels []Label id=tag_id\nProducts []Product id=tag_id label product_id=id",
		},
		{
			"by a unique index with the tenant", "CREATE TABLE label (id INTEGER PRIMARY KEY, " + tenantOwned + ", " + legs + ", UNIQUE (organization_id, tag_id, product_id))",
			"Labels []Label id=product_id\nTags []Tag id=product_id label tag_id=id",
			"Labels []Label id=tag_id\nProducts []Product id=tag_id label product_id=id",
		},
		{
			"by keys that carry the tenant", "CREATE TABLE label (" + tenantOwned + ", product_id TEXT NOT NULL, tag_id TEXT NOT NULL, PRIMARY KEY (organization_id, product_id, tag_id), " +
				"FOREIGN KEY (organization_id, product_id) REFERENCES product (organization_id, id), FOREIGN KEY (organization_id, tag_id) REFERENCES tag (organization_id, id))",
			"Labels []Label organization_id=organization_id,id=product_id\nTags []Tag organization_id=organization_id,id=product_id label organization_id=organization_id,tag_id=id",
			"Labels []Label organization_id=organization_id,id=tag_id\nProducts []Product organization_id=organization_id,id=tag_id label organization_id=organization_id,product_id=id",
		},
		{
			"who paired them aside", "CREATE TABLE label (" + legs + ", created_by TEXT REFERENCES user (id), updated_by TEXT REFERENCES user (id), note TEXT, PRIMARY KEY (product_id, tag_id))",
			"Labels []Label id=product_id\nTags []Tag id=product_id label tag_id=id",
			"Labels []Label id=tag_id\nProducts []Product id=tag_id label product_id=id",
		},
		{"a third key", "CREATE TABLE label (" + legs + ", user_id TEXT REFERENCES user (id), PRIMARY KEY (product_id, tag_id))", "Labels []Label id=product_id", "Labels []Label id=tag_id"},
		{"a pair may be there twice", "CREATE TABLE label (id INTEGER PRIMARY KEY, " + legs + ")", "Labels []Label id=product_id", "Labels []Label id=tag_id"},
		{"among the deleted", "CREATE TABLE label (id INTEGER PRIMARY KEY, deleted_at INTEGER, " + legs + ");CREATE UNIQUE INDEX i ON label (product_id, tag_id) WHERE deleted_at IS NULL", "Labels []Label id=product_id", "Labels []Label id=tag_id"},
		{"half a pair", "CREATE TABLE label (id INTEGER PRIMARY KEY, product_id TEXT NOT NULL REFERENCES product (id), tag_id TEXT REFERENCES tag (id), UNIQUE (product_id, tag_id))", "Labels []Label id=product_id", "Labels []Label id=tag_id"},
		{"more than pairs", "CREATE TABLE label (" + legs + ", language TEXT NOT NULL, PRIMARY KEY (product_id, tag_id, language))", "Labels []Label id=product_id", "Labels []Label id=tag_id"},
		{
			"two tables for one name", "CREATE TABLE label (" + legs + ", PRIMARY KEY (product_id, tag_id)); CREATE TABLE product_tag (" + legs + ", PRIMARY KEY (product_id, tag_id))",
			"Labels []Label id=product_id\nProductTags []ProductTag id=product_id", "Labels []Label id=tag_id\nProductTags []ProductTag id=tag_id",
		},
		{
			"one name taken", "ALTER TABLE product ADD COLUMN tags TEXT; CREATE TABLE label (" + legs + ", PRIMARY KEY (product_id, tag_id))",
			"Labels []Label id=product_id", "Labels []Label id=tag_id\nProducts []Product id=tag_id label product_id=id",
		},
		{
			"pairs of one table", "CREATE TABLE bundle (product_id TEXT NOT NULL REFERENCES product (id), part_id TEXT NOT NULL REFERENCES product (id), PRIMARY KEY (product_id, part_id))",
			"Bundles []Bundle id=product_id\nPartBundles []Bundle id=part_id", "",
		},
		{
			"pairs of its own rows", "CREATE TABLE label (id TEXT NOT NULL PRIMARY KEY, product_id TEXT NOT NULL REFERENCES product (id), label_id TEXT NOT NULL REFERENCES label (id), UNIQUE (product_id, label_id))",
			"Labels []Label id=product_id", "",
		},
		{
			"equal is not the same", "CREATE TABLE label (product_id TEXT NOT NULL REFERENCES product (id), tag_id INTEGER NOT NULL REFERENCES tag (id), PRIMARY KEY (product_id, tag_id))",
			"Labels []Label id=product_id", "Labels []Label id=tag_id",
		},
	} {
		p, err := planOf(t, tables+c.schema, nil)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		for table, want := range map[string]string{"product": c.product, "tag": c.tag} {
			want = strings.TrimSuffix("Organization *Organization organization_id=id\n"+want, "\n")
			if got := relationsOf(p, table, arrow); got != want {
				t.Errorf("%s, %s:\n%s\nwant\n%s", c.name, table, got, want)
			}
		}
	}
}

// Members join the tenants and the users, whoever else they name. No other
// table that names both does.
func TestMembersJoin(t *testing.T) {
	for _, c := range []struct{ name, schema, want string }{
		{"once each", "CREATE UNIQUE INDEX i ON member (organization_id, user_id)", "Members Users"},
		{"perhaps twice", "", "Members"},
		{"invited", "ALTER TABLE member ADD COLUMN invited_by TEXT REFERENCES user (id); CREATE UNIQUE INDEX i ON member (organization_id, user_id)", "Members Users"},
		{"favourites", "CREATE TABLE favourite (" + tenantOwned + ", user_id TEXT NOT NULL REFERENCES user (id), PRIMARY KEY (organization_id, user_id))", "Members Favourites"},
	} {
		p, err := planOf(t, c.schema, nil)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := strings.ReplaceAll(relationsOf(p, "organization", field), "\n", " "); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// What a loader may rely on, and who may use it.
func TestRelationFlags(t *testing.T) {
	const country = "CREATE TABLE country (id TEXT NOT NULL PRIMARY KEY);\n"
	for _, c := range []struct{ name, schema, table, field, want string }{
		{"texts", owned("user_id TEXT REFERENCES user (id)"), "thing", "User", "exact"},
		{"texts in another spelling", owned("user_id VARCHAR(10) REFERENCES user (id)"), "thing", "User", "exact"},
		{"integers", "CREATE TABLE parent (id INTEGER PRIMARY KEY, " + tenantOwned + ");" + owned("parent_id INT REFERENCES parent (id)"), "thing", "Parent", "exact"},
		{"a text and an integer", owned("user_id INTEGER REFERENCES user (id)"), "thing", "User", ""},
		{"a text and a blob", owned("user_id BLOB REFERENCES user (id)"), "thing", "User", ""},
		{"numbers", "CREATE TABLE parent (id REAL NOT NULL PRIMARY KEY, " + tenantOwned + ");" + owned("parent_id REAL REFERENCES parent (id)"), "thing", "Parent", ""},
		{"anything", "CREATE TABLE parent (id NOT NULL PRIMARY KEY, " + tenantOwned + ");" + owned("parent_id REFERENCES parent (id)"), "thing", "Parent", ""},
		{"without regard to case", owned("user_id TEXT COLLATE NOCASE REFERENCES user (id)"), "thing", "User", ""},
		{"without regard to case on the other side", "CREATE TABLE parent (id TEXT COLLATE NOCASE NOT NULL PRIMARY KEY, " + tenantOwned + ");" + owned("parent_id TEXT REFERENCES parent (id)"), "thing", "Parent", ""},
		{"on both sides", "CREATE TABLE parent (id TEXT COLLATE NOCASE NOT NULL PRIMARY KEY, " + tenantOwned + ");" + owned("parent_id TEXT COLLATE NOCASE REFERENCES parent (id)"), "thing", "Parent", ""},
		{"one column of two", parentTable + owned("parent_id INTEGER, FOREIGN KEY (organization_id, parent_id) REFERENCES parent (organization_id, id)"), "thing", "Parent", ""},

		{"to the tenant", owned("x TEXT"), "thing", "Organization", "exact, implied"},
		{"from the tenant", owned("x TEXT"), "organization", "Things", "exact, implied, crosses tenants"},
		{"to the tenant besides", owned("partner_id TEXT REFERENCES organization (id)"), "thing", "Partner", "exact"},
		{"from a tenant besides", owned("partner_id TEXT REFERENCES organization (id)"), "organization", "PartnerThings", "exact, crosses tenants"},
		{"from shared rows to the tenant", "CREATE TABLE template (id TEXT NOT NULL PRIMARY KEY, organization_id TEXT REFERENCES organization (id))", "template", "Organization", "exact"},
		{"with the tenant", parentTable + owned("parent_id TEXT, FOREIGN KEY (organization_id, parent_id) REFERENCES parent (organization_id, id)"), "thing", "Parent", "exact"},

		{"up the path", teamTable + "CREATE TABLE team_member (id TEXT NOT NULL PRIMARY KEY, team_id TEXT NOT NULL REFERENCES team (id))", "team_member", "Team", "exact, owned"},
		{"down the path", teamTable + "CREATE TABLE team_member (id TEXT NOT NULL PRIMARY KEY, team_id TEXT NOT NULL REFERENCES team (id))", "team", "Members", "exact, owned"},
		{"a path that takes another row for the same", teamTable + "CREATE TABLE team_member (id TEXT NOT NULL PRIMARY KEY, team_id TEXT COLLATE NOCASE NOT NULL REFERENCES team (id))", "team", "Members", ""},
		{"beside the path", teamTable + "CREATE TABLE team_member (id TEXT NOT NULL PRIMARY KEY, team_id TEXT NOT NULL REFERENCES team (id), other_team_id TEXT NOT NULL REFERENCES team (id))", "team", "OtherTeamMembers", "exact"},
		{"by a part of the path", "CREATE TABLE team (id TEXT NOT NULL PRIMARY KEY, kind TEXT NOT NULL, " + tenantOwned + ", UNIQUE (kind, id));\n" +
			"CREATE TABLE task (id TEXT NOT NULL PRIMARY KEY, kind TEXT NOT NULL, team_id TEXT NOT NULL, FOREIGN KEY (kind, team_id) REFERENCES team (kind, id), FOREIGN KEY (team_id) REFERENCES team (id))", "team", "Tasks", "exact, owned"},
		{"over a path", teamTable + "CREATE TABLE team_member (team_id TEXT NOT NULL REFERENCES team (id), user_id TEXT NOT NULL REFERENCES user (id), PRIMARY KEY (team_id, user_id))", "team", "Users", "exact, then exact"},

		{"to what is private", "CREATE TABLE session (id TEXT NOT NULL PRIMARY KEY, user_id TEXT NOT NULL REFERENCES user (id))", "user", "Sessions", "exact, system only"},
		{"from what is private", "CREATE TABLE session (id TEXT NOT NULL PRIMARY KEY, user_id TEXT NOT NULL REFERENCES user (id))", "session", "User", "exact"},
		{"to what is a user's alone", "CREATE TABLE device (id TEXT NOT NULL PRIMARY KEY, user_id TEXT NOT NULL REFERENCES user (id))", "user", "Devices", "exact, system only"},
		{"to what is global", country + owned("country_id TEXT REFERENCES country (id)"), "thing", "Country", "exact"},
		{"from what is global", country + owned("country_id TEXT REFERENCES country (id)"), "country", "Things", "exact, crosses tenants"},
		{"global to global", country + "ALTER TABLE user ADD COLUMN country_id TEXT REFERENCES country (id)", "country", "Users", "exact"},
		{"global to the tenant", "ALTER TABLE user ADD COLUMN favourite_id TEXT REFERENCES organization (id)", "user", "Favourite", "exact"},
		{"over what is a user's alone", country + "CREATE TABLE visit (user_id TEXT NOT NULL REFERENCES user (id), country_id TEXT NOT NULL REFERENCES country (id), PRIMARY KEY (user_id, country_id))", "country", "Users", "exact, then exact, system only"},
		{"over members", "CREATE UNIQUE INDEX i ON member (organization_id, user_id)", "user", "Organizations", "exact, then exact, then implied, crosses tenants"},
	} {
		p, err := planOf(t, c.schema, func(o *config.Options) {
			if strings.Contains(c.schema, "country") {
				o.GlobalTables = []string{"country"}
			}
			if strings.Contains(c.schema, "template") {
				o.SharedTables = []string{"template"}
			}
		})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		got := relationsOf(p, c.table, func(r *Relation) string { return r.Field + ": " + flags(r) })
		if !strings.Contains("\n"+got+"\n", "\n"+c.field+": "+c.want+"\n") {
			t.Errorf("%s: %s\nwant %s: %s", c.name, got, c.field, c.want)
		}
	}
}

func TestRelationJSON(t *testing.T) {
	const schema = "CREATE TABLE api_key (id TEXT NOT NULL PRIMARY KEY, " + tenantOwned + ", main_sku_id TEXT REFERENCES api_key (id), created_by TEXT REFERENCES user (id))"
	for json, want := range map[config.JSONCase]string{
		config.JSONCamel: "Organization organization|MainSKU mainSku|MakerOf makerOf|APIKeys apiKeys",
		config.JSONSnake: "Organization organization|MainSKU main_sku|MakerOf maker_of|APIKeys api_keys",
	} {
		p, err := planOf(t, schema, func(o *config.Options) {
			o.JSONCase = json
			o.Relations = map[string]config.RelationOptions{"api_key.created_by": {Name: "MakerOf"}}
		})
		if err != nil {
			t.Fatal(err)
		}
		got := strings.ReplaceAll(relationsOf(p, "api_key", func(r *Relation) string { return r.Field + " " + r.JSON }), "\n", "|")
		if got != want {
			t.Errorf("%s: %s, want %s", json, got, want)
		}
	}
}

func TestRelationProblems(t *testing.T) {
	both := func(options map[string]config.RelationOptions) func(*config.Options) {
		return func(o *config.Options) { o.Relations = options }
	}
	for _, c := range []struct {
		name, schema string
		set          func(*config.Options)
		want         string
	}{
		{
			"no name is left", owned("a TEXT, a_user TEXT, a_row TEXT,\na_id TEXT REFERENCES user (id)"), nil,
			`schema.sql:3:1: foreign key thing.a_id needs the Go name A in table "thing", which column a has; set another in sqlc.yaml: relations: { "thing.a_id": { name: … } }`,
		}, {
			"no reverse name is left", owned("things TEXT, parent_things TEXT,\nparent_id TEXT REFERENCES thing (id)"), nil,
			`schema.sql:3:1: foreign key thing.parent_id needs the Go name Things in table "thing", which column things has; set another in sqlc.yaml: relations: { "thing.parent_id": { reverse: … } }`,
		}, {
			"a column has the chosen name", owned("title TEXT,\nuser_id TEXT REFERENCES user (id)"), relation("thing.user_id", config.RelationOptions{Name: "Title"}),
			`schema.sql:3:1: foreign key thing.user_id needs the Go name Title in table "thing", which column title has; set another in sqlc.yaml: relations: { "thing.user_id": { name: … } }`,
		}, {
			"a column has its JSON name", owned("title TEXT,\nuser_id TEXT REFERENCES user (id)"), func(o *config.Options) {
				o.Columns = map[string]config.ColumnOptions{"thing.title": {Name: "Name"}}
				o.Relations = map[string]config.RelationOptions{"thing.user_id": {Name: "Title"}}
			},
			`schema.sql:3:1: foreign key thing.user_id needs the JSON name title in table "thing", which column title has; set another in sqlc.yaml: relations: { "thing.user_id": { name: … } }`,
		}, {
			"one name for two", owned("a_id TEXT REFERENCES user (id),\nb_id TEXT REFERENCES user (id)"),
			both(map[string]config.RelationOptions{"thing.a_id": {Name: "User", Reverse: "Things"}, "thing.b_id": {Name: "User", Reverse: "Things"}}),
			`schema.sql:3:1: foreign key thing.b_id needs the Go name User in table "thing", which foreign key thing.a_id has; set another in sqlc.yaml: relations: { "thing.b_id": { name: … } }` + "\n" +
				`schema.sql:3:1: foreign key thing.b_id needs the Go name Things in table "user", which foreign key thing.a_id has; set another in sqlc.yaml: relations: { "thing.b_id": { reverse: … } }`,
		}, {
			"options that name no key", owned("title TEXT"),
			both(map[string]config.RelationOptions{"thing.titel": {}, "thin.title": {Name: "X"}, "thing.title": {Reverse: "X"}}),
			`sqlc.yaml: option relations names column "thin.title", which the schema does not have; correct the name or remove it` + "\n" +
				`sqlc.yaml: option relations names column "thing.titel", which the schema does not have; correct the name or remove it` + "\n" +
				`sqlc.yaml: option relations names column "thing.title", which is no foreign key; correct the name or remove it`,
		}, {
			"a column that a key does not go by", teamTable + "CREATE TABLE seat (id TEXT NOT NULL PRIMARY KEY, a TEXT, b TEXT, " + tenantOwned + ", UNIQUE (a, b));\n" + owned("seat_a TEXT, seat_b TEXT, FOREIGN KEY (seat_a, seat_b) REFERENCES seat (a, b)"),
			both(map[string]config.RelationOptions{"thing.SEAT_A": {Name: "Seat"}, "thing.organization_id": {Reverse: "X"}}),
			`sqlc.yaml: option relations names column "thing.SEAT_A", whose foreign key goes by its column seat_b; write seat_b instead`,
		}, {
			"together with all others", owned("title TEXT,\ndeleted_at TEXT"), func(o *config.Options) {
				o.Package, o.Sensitive = "my-gen", []string{"thing.y"}
				o.Relations = map[string]config.RelationOptions{"thing.title": {Name: "X"}}
			},
			"schema.sql:3:1: column deleted_at of table \"thing\" marks deleted rows, so it must hold an instant or NULL; declare it INTEGER without NOT NULL, or name another column in the option soft_delete\n" +
				"sqlc.yaml: option package: \"my-gen\" is not a Go package name; choose a Go identifier in lower case\n" +
				"sqlc.yaml: the options name column \"thing.y\", which the schema does not have; correct the name or remove it\n" +
				"sqlc.yaml: option relations names column \"thing.title\", which is no foreign key; correct the name or remove it",
		},
	} {
		if _, err := planOf(t, c.schema, c.set); err == nil || err.Error() != c.want {
			t.Errorf("%s: the problems are\n%v\nwant\n%s", c.name, err, c.want)
		}
	}
}

// The variables of relations and references are no other's.
func TestRelationVariables(t *testing.T) {
	p, err := planOf(t, "CREATE TABLE foo (id TEXT NOT NULL PRIMARY KEY, "+tenantOwned+", bar_baz_id TEXT REFERENCES user (id));\n"+
		"CREATE TABLE foo_bar (id TEXT NOT NULL PRIMARY KEY, "+tenantOwned+", baz_id TEXT REFERENCES user (id), foo_bar_baz_relation TEXT)", nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, table := range p.Tables[3:] {
		for _, r := range table.Relations {
			got = append(got, table.RelationVar(r))
		}
		for _, r := range table.References {
			got = append(got, r.Var)
		}
	}
	want := "fooOrganizationRelation fooBarBazRelation fooBarBazIDReference fooBarOrganizationRelation fooBarBazRelation2 fooBarBazIDReference2"
	if strings.Join(got, " ") != want {
		t.Errorf("%s, want %s", strings.Join(got, " "), want)
	}
	if c := p.Tables[4].column("foo_bar_baz_relation"); c.Argument != "fooBarBazRelationValue" {
		t.Errorf("the argument %s hides a relation", c.Argument)
	}
}
