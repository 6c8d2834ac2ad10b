package plan

import (
	"go/token"
	"testing"
	"unicode/utf8"
)

func TestGoNames(t *testing.T) {
	for _, c := range []struct{ sql, exported, unexported, camel string }{
		{"name", "Name", "name", "name"},
		{"user_id", "UserID", "userID", "userId"},
		{"id", "ID", "id", "id"},
		{"ids", "IDs", "ids", "ids"},
		{"user_ids", "UserIDs", "userIDs", "userIds"},
		{"html_url", "HTMLURL", "htmlURL", "htmlUrl"},
		{"HTTPServer", "HTTPServer", "httpServer", "httpServer"},
		{"activeTeam_id", "ActiveTeamID", "activeTeamID", "activeTeamId"},
		{"with space", "WithSpace", "withSpace", "withSpace"},
		{`a "quoted" b`, "AQuotedB", "aQuotedB", "aQuotedB"},
		{"it's", "ItS", "itS", "itS"},
		{"a-b.c", "ABC", "aBC", "aBC"},
		{"_leading__and_trailing_", "LeadingAndTrailing", "leadingAndTrailing", "leadingAndTrailing"},
		{"utf8", "UTF8", "utf8", "utf8"},
		{"1st_place", "X1stPlace", "x1stPlace", "1stPlace"},
		{"größe", "Größe", "größe", "größe"},
		{"ÜBER", "ÜBER", "über", "über"},
		{"日本語", "X日本語", "日本語", "日本語"},
		{"𝐀lpha", "𝐀lpha", "x𝐀lpha", "𝐀lpha"},
		{"", "", "", ""},
		{"😀", "", "", "😀"},
		{"\xff", "", "", "\xff"},
	} {
		if got := exported(c.sql); got != c.exported {
			t.Errorf("exported(%q) = %q, want %q", c.sql, got, c.exported)
		}
		if got := unexported(c.sql); got != c.unexported {
			t.Errorf("unexported(%q) = %q, want %q", c.sql, got, c.unexported)
		}
		if got := camel(c.sql); got != c.camel {
			t.Errorf("camel(%q) = %q, want %q", c.sql, got, c.camel)
		}
	}
}

func TestArgumentsHideNothing(t *testing.T) {
	for name, want := range map[string]string{
		"id": "id", "type": "typeValue", "func": "funcValue", "string": "stringValue", "nil": "nilValue", "len": "lenValue",
		"ctx": "ctxValue", "err": "errValue", "t": "tValue", "now": "nowValue", "input": "inputValue", "Order": "order", "😀": "value",
	} {
		if got := argument(name); got != want {
			t.Errorf("argument(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestInflection(t *testing.T) {
	for _, c := range []struct{ name, singular, plural string }{
		{"product", "product", "products"},
		{"team_member", "team_member", "team_members"},
		{"team_members", "team_member", "team_members"},
		{"categories", "category", "categories"},
		{"identity", "identity", "identities"},
		{"person", "person", "people"},
		{"equipment", "equipment", "equipment"},
		{"news", "news", "news"},
		{"status", "status", "statuses"},
		{"address", "address", "addresses"},
		{"日本語", "日本語", "日本語"},
		{"table_2", "table_2", "table_2"},
		{"", "", ""},
	} {
		if got := singular(c.name); got != c.singular {
			t.Errorf("singular(%q) = %q, want %q", c.name, got, c.singular)
		}
		if got := plural(c.singular); got != c.plural {
			t.Errorf("plural(%q) = %q, want %q", c.singular, got, c.plural)
		}
	}
}

func TestQuotes(t *testing.T) {
	for name, want := range map[string]string{
		"product": "product", "user": "user", "order": `"order"`, "select": `"select"`, "Order": `"Order"`, "with space": `"with space"`,
		`a"b`: `"a""b"`, "größe": `"größe"`, "1st": `"1st"`, "": `""`, "a.b": `"a.b"`,
	} {
		if got := sqliteQuote(name); got != want {
			t.Errorf("sqliteQuote(%q) = %s, want %s", name, got, want)
		}
	}
}

// FuzzNames: whatever the database calls it, Go gets an exported name or
// none, and an argument that is always one.
func FuzzNames(f *testing.F) {
	for _, name := range []string{"", "a", "user_id", "ÜBER", "日本語", "1st", "\xff", "ǅ", "𝐀", "İ", "ß_ß", "e\u0301", "IDs", "x_", "_", "K"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		public, private := exported(name), unexported(name)
		if public != "" && (!token.IsIdentifier(public) || !token.IsExported(public)) {
			t.Errorf("exported(%q) = %q", name, public)
		}
		if (public == "") != (private == "") {
			t.Errorf("exported(%q) = %q, unexported = %q", name, public, private)
		}
		if private != "" && (token.IsExported(private) || !token.IsIdentifier(private+"Table")) {
			t.Errorf("unexported(%q) = %q", name, private)
		}
		if arg := argument(name); !token.IsIdentifier(arg) || token.IsExported(arg) || predeclared[arg] {
			t.Errorf("argument(%q) = %q", name, arg)
		}
		if utf8.ValidString(name) && (!utf8.ValidString(public) || !utf8.ValidString(camel(name))) {
			t.Errorf("%q became invalid text", name)
		}
		if file := fileName(public); public != "" && file == "" {
			t.Errorf("fileName(%q) = %q", public, file)
		}
		singular(name)
		plural(name)
	})
}
