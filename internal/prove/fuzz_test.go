package prove

import "testing"

// FuzzProve holds the prover to two promises for any text: it does not
// panic, and what it does not prove it explains with a place in the text.
func FuzzProve(f *testing.F) {
	all := worlds(f)
	for _, s := range corpus(f) {
		f.Add(s.text)
	}
	f.Add("SELECT * FROM (SELECT * FROM (VALUES (1)) ORDER BY 1) NATURAL JOIN product")
	f.Add("WITH RECURSIVE a AS (SELECT 1 UNION SELECT * FROM b), b AS (SELECT * FROM a) SELECT * FROM a")
	f.Add("INSERT INTO product SELECT * FROM product ON CONFLICT DO NOTHING RETURNING *")
	f.Add("SELECT 1\x00")
	f.Fuzz(func(t *testing.T, text string) {
		for _, w := range all {
			v := w.prover.Prove(text, w.params)
			if !v.Proven && len(v.Findings) == 0 {
				t.Errorf("not proven, and nothing says why: %q", text)
			}
			for _, finding := range v.Findings {
				if finding.Offset < 0 || finding.Offset > len(text) {
					t.Errorf("a finding lies outside of %q: %+v", text, finding)
				}
			}
			w.prover.File(text, "organization_id", "user_id")
		}
	})
}
