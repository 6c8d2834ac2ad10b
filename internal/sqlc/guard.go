package sqlc

import "github.com/rowhouse/rowhouse/internal/model"

// Guard has a real database prepare every query, and returns those that it
// takes and what is wrong with the others. prepare is expected to prepare the
// text on a database that holds the schema, and to close the statement.
func Guard(queries []*model.Query, prepare func(text string) error) ([]*model.Query, model.Problems) {
	var good []*model.Query
	var problems model.Problems
	for _, q := range queries {
		if err := prepare(q.Text); err != nil {
			problems.Add(q.Pos, "mend the query; sqlc does not see this", "SQLite refuses query %s: %v", q.Name, err)
			continue
		}
		good = append(good, q)
	}
	return good, problems
}
