package report

import (
	"encoding/json"
	"io"
	"net/url"
	"strings"
	"testing"

	"github.com/rowhouse/rowhouse/internal/model"
)

var (
	leak   = Rule{Code: "RH001", Title: "leak", Severity: Error, Help: "docs/lint.md#rh001"}
	slow   = Rule{Code: "RH103", Title: "no index, or a late one: slow", Severity: Warning, Help: "docs/lint.md#rh103"}
	remark = Rule{Code: "RH106", Title: "remark", Severity: Note, Help: "docs/lint.md#rh106"}
)

// findings are out of order, and one of them is there twice.
var findings = []Finding{
	{slow, model.Position{File: "schema/b c.sql", Line: 12, Column: 3}, "no index on <user_id>", "write CREATE INDEX"},
	{leak, model.Position{File: "queries/a.sql", Line: 7, Column: 1}, "100% leak:\r\n\"m\"", ""},
	{remark, model.Position{File: "queries/a.sql", Line: 7, Column: 1}, "counted", ""},
	{slow, model.Position{File: "schema/b c.sql", Line: 12, Column: 3}, "no index on <user_id>", "write CREATE INDEX"},
	{leak, model.Position{File: "/abs/a:1,2.sql"}, "unknown line", ""},
	{leak, model.Position{}, "unknown file", "mend it"},
}

func TestWrite(t *testing.T) {
	for _, test := range []struct {
		format   Format
		findings []Finding
		want     string
	}{
		{Text, nil, ""},
		{Text, findings, `RH001 unknown file; mend it
/abs/a:1,2.sql: RH001 unknown line
queries/a.sql:7:1: RH001 100% leak: "m"
queries/a.sql:7:1: RH106 counted
schema/b c.sql:12:3: RH103 no index on <user_id>; write CREATE INDEX
`},
		{JSON, nil, "[]\n"},
		{JSON, findings[:1], `[
  {
    "code": "RH103",
    "severity": "warning",
    "file": "schema/b c.sql",
    "line": 12,
    "column": 3,
    "message": "no index on <user_id>",
    "fix": "write CREATE INDEX",
    "help": "docs/lint.md#rh103"
  }
]
`},
		{GitHub, nil, ""},
		{GitHub, findings, `::error title=RH001 leak::unknown file; mend it (https://github.com/rowhouse/rowhouse/blob/main/docs/lint.md#rh001)
::error file=/abs/a%3A1%2C2.sql,title=RH001 leak::unknown line (https://github.com/rowhouse/rowhouse/blob/main/docs/lint.md#rh001)
::error file=queries/a.sql,line=7,col=1,title=RH001 leak::100%25 leak:%0D%0A"m" (https://github.com/rowhouse/rowhouse/blob/main/docs/lint.md#rh001)
::notice file=queries/a.sql,line=7,col=1,title=RH106 remark::counted (https://github.com/rowhouse/rowhouse/blob/main/docs/lint.md#rh106)
::warning file=schema/b c.sql,line=12,col=3,title=RH103 no index%2C or a late one%3A slow::no index on <user_id>; write CREATE INDEX (https://github.com/rowhouse/rowhouse/blob/main/docs/lint.md#rh103)
`},
	} {
		var got strings.Builder
		if err := Write(&got, test.format, test.findings); err != nil {
			t.Fatal(err)
		}
		if got.String() != test.want {
			t.Errorf("%s: got\n%s\nwant\n%s", test.format, got.String(), test.want)
		}
	}
}

func TestWriteFails(t *testing.T) {
	for _, format := range []Format{Text, JSON, GitHub, SARIF} {
		reader, writer := io.Pipe()
		_ = reader.Close()
		if err := Write(writer, format, findings); err == nil {
			t.Errorf("%s: no error from a closed pipe", format)
		}
	}
}

func TestFailed(t *testing.T) {
	for _, test := range []struct {
		findings []Finding
		want     bool
	}{
		{nil, false},
		{[]Finding{{Rule: remark}}, false},
		{[]Finding{{Rule: remark}, {Rule: slow}}, true},
	} {
		if got := Failed(test.findings); got != test.want {
			t.Errorf("Failed(%v) = %v", test.findings, got)
		}
	}
}

func TestParseFormat(t *testing.T) {
	for _, name := range []string{"text", "json", "github", "sarif"} {
		if format, err := ParseFormat(name); err != nil || string(format) != name {
			t.Errorf("ParseFormat(%q) = %q, %v", name, format, err)
		}
	}
	_, err := ParseFormat("SARIF")
	if want := `unknown format "SARIF"; write text, json, github or sarif`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// object is a JSON object of which every key must be asked for: the standard
// allows none but its own.
type object struct {
	t      *testing.T
	path   string
	values map[string]any
}

func (o object) take(key string) any {
	o.t.Helper()
	value, ok := o.values[key]
	if !ok {
		o.t.Errorf("%s has no %q", o.path, key)
	}
	delete(o.values, key)
	return value
}

func (o object) has(key string) bool { return o.values[key] != nil }

func (o object) text(key string) string {
	o.t.Helper()
	text, ok := o.take(key).(string)
	if !ok || text == "" {
		o.t.Errorf("%s.%s is no text", o.path, key)
	}
	return text
}

func (o object) uri(key string, absolute bool) string {
	o.t.Helper()
	text := o.text(key)
	if parsed, err := url.Parse(text); err != nil || absolute && !parsed.IsAbs() || strings.ContainsAny(text, " <>\"{}|\\^`") {
		o.t.Errorf("%s.%s is no URI: %q", o.path, key, text)
	}
	return text
}

func (o object) integer(key string, least int) int {
	o.t.Helper()
	n, ok := o.take(key).(float64)
	if !ok || n != float64(int(n)) || int(n) < least {
		o.t.Errorf("%s.%s is not an integer from %d", o.path, key, least)
	}
	return int(n)
}

// object reads an object, and checks that check took all of it.
func (o object) object(key string, check func(object)) {
	o.t.Helper()
	values, ok := o.take(key).(map[string]any)
	if !ok {
		o.t.Errorf("%s.%s is no object", o.path, key)
		return
	}
	checkAll(object{o.t, o.path + "." + key, values}, check)
}

func (o object) array(key string, check func(object)) {
	o.t.Helper()
	values, ok := o.take(key).([]any)
	if !ok {
		o.t.Errorf("%s.%s is no array", o.path, key)
	}
	for _, value := range values {
		values, ok := value.(map[string]any)
		if !ok {
			o.t.Errorf("%s.%s holds what is no object", o.path, key)
		}
		checkAll(object{o.t, o.path + "." + key, values}, check)
	}
}

func checkAll(o object, check func(object)) {
	o.t.Helper()
	check(o)
	for key := range o.values {
		o.t.Errorf("%s has the unexpected key %q", o.path, key)
	}
}

// TestSARIF holds the output to what the schema of SARIF 2.1.0 requires of
// the parts that are used: keys, types, bounds, enumerations and URIs.
func TestSARIF(t *testing.T) {
	for _, findings := range [][]Finding{nil, findings[:1], findings} {
		var text strings.Builder
		if err := Write(&text, SARIF, findings); err != nil {
			t.Fatal(err)
		}
		var values map[string]any
		if err := json.Unmarshal([]byte(text.String()), &values); err != nil {
			t.Fatal(err)
		}
		checkAll(object{t, "sarif", values}, func(o object) {
			if version := o.text("version"); version != "2.1.0" {
				t.Errorf("version %q", version)
			}
			if schema := o.uri("$schema", true); schema != "https://json.schemastore.org/sarif-2.1.0.json" {
				t.Errorf("schema %q", schema)
			}
			o.array("runs", func(run object) { checkRun(run, len(Sort(findings))) })
		})
	}
}

func checkRun(run object, want int) {
	var codes []string
	run.object("tool", func(tool object) {
		tool.object("driver", func(driver object) {
			if name := driver.text("name"); name != "rowhouse" {
				driver.t.Errorf("driver %q", name)
			}
			driver.text("version")
			driver.uri("informationUri", true)
			driver.array("rules", func(rule object) { codes = append(codes, checkRule(rule)) })
		})
	})
	count := 0
	run.array("results", func(result object) {
		count++
		checkResult(result, codes)
	})
	if count != want {
		run.t.Errorf("%d results, want %d", count, want)
	}
}

func checkRule(rule object) (code string) {
	code = rule.text("id")
	rule.object("shortDescription", func(o object) { o.text("text") })
	rule.object("help", func(o object) {
		if want, got := "docs/lint.md#"+strings.ToLower(code), o.text("text"); got != want {
			o.t.Errorf("help %q, want %q", got, want)
		}
	})
	if uri := rule.uri("helpUri", true); !strings.HasSuffix(uri, "/docs/lint.md#"+strings.ToLower(code)) {
		rule.t.Errorf("helpUri %q", uri)
	}
	rule.object("defaultConfiguration", checkLevel)
	return code
}

func checkLevel(o object) {
	switch level := o.text("level"); level {
	case "error", "warning", "note":
	default:
		o.t.Errorf("level %q", level)
	}
}

func checkResult(result object, codes []string) {
	code, index := result.text("ruleId"), result.integer("ruleIndex", 0)
	if index >= len(codes) || codes[index] != code {
		result.t.Errorf("rule %d is not %s", index, code)
	}
	level := result.values["level"]
	result.object("message", func(o object) { o.text("text") })
	checkLevel(object{result.t, result.path, map[string]any{"level": level}})
	delete(result.values, "level")
	if !result.has("locations") {
		return
	}
	result.array("locations", func(location object) {
		location.object("physicalLocation", func(o object) {
			o.object("artifactLocation", checkArtifact)
			if o.has("region") {
				o.object("region", func(region object) {
					region.integer("startLine", 1)
					if region.has("startColumn") {
						region.integer("startColumn", 1)
					}
				})
			}
		})
	})
}

func checkArtifact(o object) {
	switch uri := o.uri("uri", false); {
	case uri == "file:///abs/a:1,2.sql":
	case uri == "queries/a.sql" || uri == "schema/b%20c.sql":
		if base := o.text("uriBaseId"); base != "%SRCROOT%" {
			o.t.Errorf("uriBaseId %q", base)
		}
	default:
		o.t.Errorf("uri %q", uri)
	}
}
