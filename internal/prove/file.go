package prove

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sqlc-dev/meyer/ast"
	"github.com/sqlc-dev/meyer/parser"
)

// Statement is one statement of a file, with its verdict.
type Statement struct {
	Offset  int // of its first token in the file
	Line    int // of its first token, from 1
	Text    string
	Verdict Verdict
}

// Reason says in one line why the statement is proven or not.
func (s Statement) Reason() string {
	if s.Verdict.Proven {
		if len(s.Verdict.Steps) == 0 {
			return "reads no row of any tenant"
		}
		return strings.Join(s.Verdict.Steps, "; ")
	}
	reasons := make([]string, len(s.Verdict.Findings))
	for i, finding := range s.Verdict.Findings {
		reasons[i] = finding.String()
	}
	return strings.Join(reasons, "; ")
}

// File proves every statement of a file of SQL. tenant and actor are the
// names of parameters, without the sign before them: "org" stands for @org,
// :org, $org and sqlc.arg(org), one of them in each statement. actor may be
// empty. Findings are positioned in the file.
func (p *Prover) File(text, tenant, actor string) []Statement {
	plain, optional := plainSQL(text)
	var out []Statement
	for _, part := range split(plain) {
		stmt := Statement{Offset: part.start, Line: 1 + strings.Count(text[:part.start], "\n"), Text: text[part.start:part.stop]}
		stmt.Verdict = p.filePart(plain[part.start:part.stop], part.start, tenant, actor, optional)
		for i := range stmt.Verdict.Findings {
			stmt.Verdict.Findings[i].Offset += part.start
		}
		out = append(out, stmt)
	}
	return out
}

// filePart proves one statement with the spellings it uses.
func (p *Prover) filePart(text string, start int, tenant, actor string, optional map[int]string) Verdict {
	var params Params
	for _, want := range []struct {
		name string
		to   *[]string
	}{{tenant, &params.Tenant}, {actor, &params.Actor}} {
		found := spellings(text, want.name)
		if len(found) > 1 {
			return Verdict{Findings: []Finding{{
				Message: fmt.Sprintf("%s are different parameters", strings.Join(found, " and ")),
				Fix:     "spell the parameter in one way",
			}}}
		}
		*want.to = found
		for _, at := range slices.Sorted(maps.Keys(optional)) {
			name := optional[at]
			if at >= start && at < start+len(text) && name == want.name && name != "" {
				return Verdict{Findings: []Finding{{
					Offset:  at - start,
					Message: fmt.Sprintf("%s holds a verified value, so it cannot be optional or a list here", name),
					Fix:     fmt.Sprintf("use sqlc.arg(%s)", name),
				}}}
			}
		}
	}
	if len(params.Tenant) == 0 && tenant != "" {
		params.Tenant = []string{"@" + tenant}
	}
	return p.Prove(text, params)
}

// spellings lists the parameters of a statement that have the name.
func spellings(text, name string) []string {
	stmts, err := parser.ParseString(text)
	if err != nil || name == "" {
		return nil
	}
	var found []string
	for _, stmt := range stmts {
		ast.Walk(stmt, func(n ast.Node) bool {
			if param, ok := n.(*ast.BindParam); ok && param.Name == name && !slices.Contains(found, param.Raw) {
				found = append(found, param.Raw)
			}
			return true
		})
	}
	return found
}
